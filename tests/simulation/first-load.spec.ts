import { MINUTE, SECOND, World } from './world';

describe('simulation/first load', () => {
  it('loads an export, follows the stream, publishes, and stays equal', async () => {
    const world = new World({ seed: 1 });
    await world.prepare();
    for (let i = 0; i < 200; i++) world.put(`k${i}`, i);
    await world.clock.advance(10 * MINUTE);
    const process = world.start();
    for (let i = 0; i < 600; i++) {
      await world.clock.advance(2 * SECOND);
      if (i % 3 === 0) world.delete(`k${i % 200}`);
      else world.put(`k${i % 250}`, i * 7);
      if (i === 300) world.simulator.split(world.tableName);
    }
    await world.untilCaughtUp();
    world.assertEqual();
    await process.stop();
  });
});
