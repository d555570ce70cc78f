import assert from 'node:assert/strict';
import { HOUR, MINUTE, SECOND, World } from './world';

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

  for (const leadSeconds of [66, 64]) {
    it(`A2: a closed shard that disappears unread ${leadSeconds} s after the start needs no second export`, async () => {
      const knobs = { partitions: 1, shardRolloverMs: 4 * HOUR, shardRolloverSpreadMs: 0 };
      const world = new World({ seed: 5, grain: 100, knobs });
      const createdAt = world.clock.now();
      await world.prepare();
      world.put('a', 1);
      await world.clock.advance(createdAt + 28 * HOUR - world.clock.now() - leadSeconds * SECOND);
      world.put('a', 2);
      const process = world.start({ beforeCall: () => world.clock.sleep(500) });
      await world.untilCaughtUp();
      assert.equal(world.heardOf('pipeline.gap').length, 0);
      assert.equal(world.heardOf('export.requested').length, 1);
      world.assertEqual();
      process.kill();
    });
  }

  it('P1, F24: when AWS has lost an export of which a file is loaded, another generation loads another export', async () => {
    const world = new World({
      seed: 1,
      knobs: { exportFiles: 3 },
      settings: { load: { connections: 1, transactionBytes: 1 } },
    });
    await world.prepare();
    for (let i = 0; i < 50; i++) world.put(`k${i}`, i);
    await world.clock.advance(10 * MINUTE);
    const killed = world.start({
      disturbance: {
        after: (step) => {
          if (step === 'load.commit') killed.kill();
        },
      },
    });
    await world.until(() => !killed.isAlive);
    assert.equal(world.stage.loadedFiles().length, 1);
    const [asked] = world.heardOf('export.completed');
    const answer = { kind: 'error', type: 'ExportNotFoundException' } as const;
    world.simulator.faults.add({ operation: 'DescribeExport', containing: asked!.exportArn, answer });
    const process = world.start();
    await world.untilCaughtUp();
    world.assertEqual();
    assert.equal(world.checkpoint!.generation, 2);
    assert.equal(world.heardOf('export.requested').length, 2);
    await process.stop();
  });
});
