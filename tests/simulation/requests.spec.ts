import assert from 'node:assert/strict';
import { CommitOutcomeUnknown } from '../../runtime/destinations/errors';
import { CutShort } from '../../runtime/pipeline/requests';
import { HOUR, MINUTE, SECOND, World } from './world';

/** A request to a replicator ends with the stored result, even if its answer was lost. */
describe('simulation/requests', () => {
  async function published(): Promise<{
    world: World;
    process: ReturnType<World['start']>;
    lose(step: string): void;
  }> {
    const world = new World({
      seed: 3,
      grain: SECOND,
      knobs: { exportDurationMs: [5 * MINUTE, 5 * MINUTE] },
    });
    await world.prepare();
    await world.busy(MINUTE);
    let lost: string | undefined;
    const process = world.start({
      disturbance: {
        after: (step) => {
          if (step !== lost) return;
          lost = undefined;
          throw new CommitOutcomeUnknown();
        },
      },
    });
    await world.untilCaughtUp();
    return { world, process, lose: (step) => (lost = step) };
  }

  for (const step of ['publish', 'startGeneration']) {
    it(`C3: resync returns when its generation is published, even if the answer to ${step} was lost`, async () => {
      const { world, process, lose } = await published();
      lose(step);
      let returned = false;
      const resynced = process.replicator.resync(world.tableName).then(() => (returned = true));
      await world.until(() => returned, 3 * HOUR);
      await resynced;
      assert.deepEqual([world.checkpoint?.published?.generation, world.phase], [2, 'stream']);
      assert.deepEqual(
        world.heardOf('pipeline.published').map(({ generation }) => generation),
        [1, 2],
      );
      await process.stop();
    });
  }

  it('two resyncs requested at once become one new generation', async () => {
    const { world, process } = await published();
    const both = Promise.all([1, 2].map(() => process.replicator.resync(world.tableName)));
    await world.clock.run(both);
    await world.clock.advance(HOUR);
    assert.equal(world.checkpoint?.generation, 2);
    await process.stop();
  });

  it('a resync and a verify are interrupted when the replicator stops', async () => {
    const { world, process } = await published();
    const verify = assert.rejects(process.replicator.verify(world.tableName), CutShort);
    const resync = assert.rejects(process.replicator.resync(world.tableName), CutShort);
    await world.clock.advance(MINUTE);
    await process.stop();
    await world.clock.run(Promise.all([verify, resync]));
    await assert.rejects(process.replicator.verify(world.tableName), CutShort);
    await assert.rejects(process.replicator.resync(world.tableName), CutShort);
  });
});
