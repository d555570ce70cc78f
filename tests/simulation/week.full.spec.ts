import assert from 'node:assert/strict';
import { sized } from '../seeds';
import { Invariants } from './invariants';
import { DAY, HOUR, MINUTE, SECOND, World } from './world';

/** CPU time, independent of other load. The goal is one minute on two idle cores, but slower machines must pass, too. */
const LIMIT_MS = 3 * MINUTE;
/** From the second day on, only rows are left of some shards. */
const DAYS = sized(2);

describe('simulation/a week', () => {
  it('S1, S2, S3, S5, W1: 20 partitions over days, with rollovers, splits, a slow destination and expired iterators, end equal', async () => {
    const world = new World({
      seed: 20,
      grain: SECOND,
      keys: 400,
      knobs: {
        partitions: 20,
        shardRolloverMs: 4 * HOUR,
        shardRolloverSpreadMs: 20 * MINUTE,
        exportDurationMs: [10 * MINUTE, 20 * MINUTE],
      },
      settings: {
        // Small enough to be full while the destination is stalled.
        queueBytes: 64 * 1024,
        poll: { minMs: 5_000, maxMs: 60_000, listShardsMs: 60_000, exportMs: 30_000 },
      },
    });
    await world.prepare();
    for (let i = 0; i < 200; i++) world.write();

    const before = process.cpuUsage();
    const slowness = { untilTime: 0 };
    const replicator = world.start({
      disturbance: {
        before: (step) => {
          if (step !== 'apply') return;
          const left = slowness.untilTime - world.clock.now();
          return world.clock.sleep(left > 0 ? left : world.random.integer(0, 10 * SECOND));
        },
      },
    });
    const end = world.clock.now() + DAYS * DAY;
    for (let hour = 0; world.clock.now() < end; hour++) {
      if (hour % 24 === 7) slowness.untilTime = world.clock.now() + 90 * MINUTE;
      if (hour % 12 === 5) world.simulator.split(world.tableName);
      await busyHour(world);
    }
    await world.untilCaughtUp();
    world.assertEqual();
    assert.equal(world.checkpoint!.generation, 1, 'there was no gap');
    assert(world.heardOf('stream.iteratorRenewed').length > 0, 'no iterator expired');
    new Invariants(world).check('the end');
    const shards = new Set(world.heardOf('stream.listing').map(({ shards: count }) => count));
    assert(Math.max(...shards) > 100, 'more than one page of shards was listed');
    await replicator.stop();
    const { user, system } = process.cpuUsage(before);
    assert((user + system) / 1000 < LIMIT_MS);
  });
});

/** A few hundred writes, sometimes many at once. */
async function busyHour(world: World): Promise<void> {
  const { clock, random } = world;
  const end = clock.now() + HOUR;
  while (clock.now() < end) {
    await clock.advance(random.integer(1, 90 * SECOND));
    for (let writes = random.chance(0.02) ? 100 : 1; writes > 0; writes--) world.write();
  }
}
