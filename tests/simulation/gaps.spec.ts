import assert from 'node:assert/strict';
import { StreamDisabled } from '../../runtime/pipeline/source';
import { instant } from '../../runtime/observe/figures';
import { Gap } from '../../runtime/stream/gap';
import { quickIf } from '../tiers/tier';
import { type GapVariant, downtime, GAP_VARIANTS, SHORT_RETENTION } from './gap-variants';
import type { Process } from './process';
import { DAY, HOUR, MINUTE, SECOND, World } from './world';

/** A table with soft deletes and a key deleted long ago. Polls are rare, so that days pass quickly. */
function gapWorld(variant: Partial<GapVariant>): World {
  return new World({
    seed: 7,
    grain: SECOND,
    knobs: { partitions: 2, exportDurationMs: [5 * MINUTE, 5 * MINUTE], ...variant.knobs },
    table: { deletes: 'soft' },
    settings: { poll: { minMs: 1_000, maxMs: 60_000, listShardsMs: 30_000, exportMs: 10_000 } },
  });
}

describe('simulation/gaps before the first publish', () => {
  for (const variant of GAP_VARIANTS) {
    quickIf(!variant.name.startsWith('one shard stuck')).it(
      `G1, G2: ${variant.name}: a new generation starts without help, and all is equal in the end`,
      async () => {
        const exportMs = variant.exportMs ?? 30 * MINUTE;
        const world = gapWorld({ knobs: { exportDurationMs: [exportMs, exportMs], ...variant.knobs } });
        await world.prepare();
        await world.busy(MINUTE);
        const process = world.start();
        await world.until(() => world.phase === 'load' && world.checkpoint?.export?.arn !== undefined);
        const { generation, export: first } = world.checkpoint!;
        const next = await variant.happen(world, process);
        await world.untilCaughtUp(2 * DAY);
        assert(world.heardOf('pipeline.gap').length >= 1, 'no gap was reported');
        assert(world.checkpoint!.generation > generation);
        assert.notEqual(world.checkpoint!.export?.clientToken, first?.clientToken);
        assert.deepEqual(
          world.heardOf('pipeline.published').map((event) => event.generation),
          [world.checkpoint!.generation],
          'only the last generation is published',
        );
        world.assertEqual();
        await next.stop();
      },
    );
  }

  it('G1, G2: a stream that was turned off and is gone: reports that it is off, and reloads once it is on', async () => {
    const world = gapWorld({ knobs: SHORT_RETENTION });
    await world.prepare();
    await world.busy(MINUTE);
    const process = world.start();
    await world.until(() => world.checkpoint?.export?.arn !== undefined);
    const next = await downtime(world, process, 4 * HOUR, () => world.setStream(false));
    const { failed } = await world.clock.run(next.outcome);
    assert(failed[0]?.error instanceof StreamDisabled, String(failed[0]?.error));
    assert.match(world.heardOf('pipeline.gap')[0]!.message, /no longer exists|disappeared/);
    world.setStream(true);
    await world.busy(MINUTE);
    const last = world.start();
    await world.untilCaughtUp();
    world.assertEqual();
    await last.stop();
  });

  it('G1, A3: another table id: the table is reloaded, with a new token', async () => {
    const world = gapWorld({});
    await world.prepare();
    await world.busy(MINUTE);
    const process = world.start();
    await world.until(() => world.checkpoint?.export?.arn !== undefined);
    const before = world.checkpoint!;
    world.replaceTable();
    await world.busy(HOUR);
    await world.untilCaughtUp();
    assert.notEqual(world.checkpoint!.tableId, before.tableId);
    assert.equal(world.checkpoint!.tableId, world.tableId);
    assert.notEqual(world.checkpoint!.export?.clientToken, before.export?.clientToken);
    world.assertEqual();
    await process.stop();
  });
});

describe('simulation/gaps after the first publish', () => {
  for (const variant of GAP_VARIANTS) {
    quickIf(!variant.name.startsWith('one shard stuck')).it(
      `G1, P3: ${variant.name}: stops, reports from and to, and a resync fixes it`,
      async () => {
        const world = gapWorld(variant);
        await world.prepare();
        for (let i = 0; i < 5; i++) world.write();
        world.put('deleted long ago', -1);
        const process = world.start();
        await world.untilCaughtUp();
        world.delete('deleted long ago');
        await world.busy(10 * MINUTE);
        await world.untilCaughtUp();

        const next = await variant.happen(world, process);
        const gap = await gapOf(world, next);
        assert(variant.reasons.includes(gap.reason), `it reports ${gap.reason}`);
        if (variant.namesShard) assert.notEqual(gap.shardId, undefined, 'it names no shard');
        const [from, to] = [instant(gap.from), instant(Math.ceil(gap.to / SECOND) * SECOND)];
        assert(gap.message.includes(`between ${from} and ${to}`), gap.message);
        assert.match(gap.message, /resync/);
        for (const at of missingWrites(world)) {
          assert(at >= gap.from, `a write of ${at} is missing, the gap begins at ${gap.from}`);
        }
        const visible = world.visible();

        await world.busy(10 * MINUTE);
        const again = await gapOf(world, world.start());
        assert.deepEqual(
          [again.reason, again.from, again.to, again.shardId],
          [gap.reason, gap.from, gap.to, gap.shardId],
        );
        assert.deepEqual(world.visible(), visible, 'the visible table stays unchanged');

        const published = world.heardOf('pipeline.published').length;
        const healing = world.start({ resync: true });
        while (world.heardOf('pipeline.published').length === published) {
          assert.deepEqual(world.visible(), visible, 'the visible table stays unchanged until the publish');
          await world.busy(10 * SECOND);
        }
        await world.untilCaughtUp();
        world.assertEqual();
        const tombstones = [...world.visible()].filter(([, { deleted }]) => deleted).map(([id]) => id);
        assert(tombstones.includes('deleted long ago'), 'soft-deleted rows are carried over');
        for (const id of visible.keys()) assert(world.visible().has(id), `the row of ${id} is gone`);
        await healing.stop();
      },
    );
  }

  it('G1, P3: another table id: the table is reloaded with a new token, while the present one stays visible', async () => {
    const world = gapWorld({});
    await world.prepare();
    for (let i = 0; i < 5; i++) world.write();
    const process = world.start();
    await world.untilCaughtUp();
    const before = world.checkpoint!;
    const visible = world.visible();
    world.replaceTable();
    await world.until(() => world.phase === 'load');
    while (world.phase === 'load') {
      assert.deepEqual(world.visible(), visible, 'the visible table stays as it is until the publish');
      await world.busy(10 * SECOND);
    }
    await world.untilCaughtUp();
    assert.equal(world.checkpoint!.tableId, world.tableId);
    assert.notEqual(world.checkpoint!.export?.clientToken, before.export?.clientToken);
    world.assertEqual();
    for (const id of visible.keys()) assert(world.visible().has(id), `the row of ${id} is gone`);
    await process.stop();
  });

  it('G1: a stream that is off and read to its end: waits, reports it, and loses nothing for as long as it is off', async () => {
    const world = gapWorld({});
    await world.prepare();
    for (let i = 0; i < 5; i++) world.write();
    const process = world.start();
    await world.untilCaughtUp();
    world.write();
    world.setStream(false);
    await world.clock.advance(40 * HOUR);
    assert(process.isAlive, 'it waits');
    assert.equal(world.heardOf('pipeline.waiting').filter(({ reason }) => /is off/.test(reason)).length, 1);
    world.assertEqual();
    world.setStream(true);
    await world.clock.advance(10 * MINUTE);
    assert.equal((await gapOf(world, process)).reason, 'stream replaced');
  });

  it('G1: a stream that was turned off and is gone, not read to its end: stops', async () => {
    const world = gapWorld({ knobs: SHORT_RETENTION });
    await world.prepare();
    for (let i = 0; i < 5; i++) world.write();
    const process = world.start();
    await world.untilCaughtUp();
    const next = await downtime(world, process, 4 * HOUR, () => world.setStream(false));
    assert.match((await gapOf(world, next)).reason, /^(stream|shard) gone$/);
  });

  it('G1: 22 hours of downtime are no gap', async () => {
    const world = gapWorld({ knobs: { shardRolloverMs: HOUR, silentTrim: true } });
    await world.prepare();
    const process = world.start();
    await world.untilCaughtUp();
    const next = await downtime(world, process, 22 * HOUR);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.equal(world.checkpoint!.generation, 1);
    await next.stop();
  });
});

/** The gap that stopped a process; it must be the only failure. */
async function gapOf(world: World, process: Process): Promise<Gap> {
  await world.until(() => !process.isAlive, HOUR, 'the pipeline stopped');
  const { failed } = await process.outcome;
  assert.deepEqual(
    failed.map(({ table }) => table),
    [world.tableName],
  );
  const error = failed[0]!.error;
  assert(error instanceof Gap, String(error.stack));
  assert.equal(error.kind, 'gap');
  return error;
}

/** Times of the last write of each key that differs between source and destination. */
function missingWrites(world: World): number[] {
  const [source, destination] = [world.source(), world.destination()];
  return [...world.history.writes]
    .filter(([id]) => source.get(id) !== destination.get(id))
    .map(([, writes]) => writes.at(-1)!.at);
}
