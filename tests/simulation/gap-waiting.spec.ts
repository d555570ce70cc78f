import assert from 'node:assert/strict';
import { GAP_RETRY_MS } from '../../runtime/replicator';
import { Gap } from '../../runtime/stream/gap';
import type { Process } from './process';
import { DAY, MINUTE, SECOND, World } from './world';

/** A world whose replicators wait after a gap, and one that has just found one. */
async function inGap(): Promise<{ readonly world: World; readonly process: Process }> {
  const world = new World({
    seed: 11,
    grain: SECOND,
    knobs: { partitions: 2, exportDurationMs: [5 * MINUTE, 5 * MINUTE] },
    settings: {
      onGap: 'wait',
      poll: { minMs: 1_000, maxMs: 60_000, listShardsMs: 30_000, exportMs: 10_000 },
    },
  });
  await world.prepare();
  for (let i = 0; i < 5; i++) world.write();
  const process = world.start();
  await world.untilCaughtUp();
  world.setStream(false);
  await world.clock.advance(MINUTE);
  world.setStream(true);
  world.write();
  await world.until(() => failures(world).length > 0);
  return { world, process };
}

const failures = (world: World) => world.heardOf('pipeline.failed');

describe('simulation/waiting in a gap', () => {
  it('G3: keeps running, tries again every five minutes, and leaves the visible table unchanged', async () => {
    const { world, process } = await inGap();
    const visible = world.visible();
    await world.busy(DAY / 24);
    assert.ok(process.isAlive);
    assert.equal(failures(world).length, 13, 'twelve more in an hour');
    const read = failures(world).filter(({ isRepeated }) => isRepeated !== true);
    assert.equal(read.length, 1, 'people read it once');
    for (const { error, againMs } of failures(world)) {
      assert.ok(error instanceof Gap, String(error.stack));
      assert.deepEqual([error.reason, againMs], ['stream replaced', GAP_RETRY_MS]);
    }
    assert.deepEqual(world.visible(), visible);
    assert.equal(world.checkpoint?.gap?.reason, 'stream replaced');
    assert.deepEqual(await process.stop(), { failed: [] }, 'a stop that was asked for is no failure');
  });

  it('G3: runs a resync that is requested meanwhile at once', async () => {
    const { world, process } = await inGap();
    await world.busy(7 * MINUTE);
    const resynced = process.replicator.resync(world.tableName);
    await world.clock.run(resynced);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.ok(process.isAlive);
    assert.deepEqual(await process.stop(), { failed: [] });
  });

  it('G3: continues without help when another process has resynced the table', async () => {
    const { world, process } = await inGap();
    const other = world.start({ resync: true });
    await world.until(() => world.phase === 'stream' && world.checkpoint?.generation === 2);
    await other.stop();
    const reported = failures(world).length;
    await world.busy(GAP_RETRY_MS);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.ok(process.isAlive);
    assert.ok(failures(world).length <= reported + 1);
    assert.deepEqual(await process.stop(), { failed: [] });
  });

  it('G3: stops when a later error is not a gap', async () => {
    const { world, process } = await inGap();
    await world.busy(20 * MINUTE);
    const answer = { kind: 'error', type: 'ValidationException' } as const;
    world.simulator.faults.add({ operation: 'DescribeTable', answer });
    await world.until(() => !process.isAlive, 10 * MINUTE, 'a request that AWS refuses ends it');
    const { failed } = await process.outcome;
    assert.equal(failed[0]?.error.name, 'AwsFault');
  });

  it('G1: continues with the new table when the table is deleted and recreated meanwhile', async () => {
    const { world, process } = await inGap();
    world.replaceTable();
    await world.until(() => world.phase === 'stream' && world.checkpoint?.generation === 2);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.deepEqual(await process.stop(), { failed: [] });
  });

  it('stops at once on request', async () => {
    const { world, process } = await inGap();
    const before = world.clock.now();
    await process.stop();
    assert.equal(world.clock.now(), before);
  });
});
