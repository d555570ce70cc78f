import assert from 'node:assert/strict';
import { Counters } from '../../runtime/observe/counters';
import { Events } from '../../runtime/observe/events';
import { serviceHealth } from '../../runtime/observe/health';
import { readingsOf } from '../../runtime/observe/readings';
import { StatusBoard } from '../../runtime/observe/status';
import { TableAwaited } from '../../runtime/pipeline/source-watch';
import { TABLE_RETRY_MS } from '../../runtime/replicator';
import { quickIf } from '../tiers/tier';
import type { Process } from './process';
import type { MemoryStage } from './stage';
import { DAY, HOUR, MINUTE, SECOND, World } from './world';

describe('simulation/waiting for a table', () => {
  async function published(): Promise<World> {
    const world = new World({
      seed: 7,
      grain: SECOND,
      knobs: { exportDurationMs: [5 * MINUTE, 5 * MINUTE] },
      settings: { poll: { minMs: 1_000, maxMs: 60_000, listShardsMs: 30_000, exportMs: 10_000 } },
    });
    await world.prepare();
    for (let i = 0; i < 5; i++) world.write();
    return world;
  }

  for (const [late, ms] of [
    ['an hour', HOUR],
    ['two days', 2 * DAY],
  ] as const) {
    quickIf(ms === HOUR).it(
      `G1: a table that is recreated ${late} later is reloaded by the waiting process, without a gap`,
      async () => {
        const world = await published();
        const process = world.start();
        await world.untilCaughtUp();
        const rows = world.visible();
        world.deleteTable();
        await world.clock.advance(ms);
        assert.ok(process.isAlive);
        assert.deepEqual(world.visible(), rows);
        world.makeTableAgain();
        await world.until(() => world.phase === 'stream' && world.checkpoint?.generation === 2);
        await world.untilCaughtUp();
        world.assertEqual();
        assert.equal(world.checkpoint?.tableId, world.tableId);
        assert.deepEqual(world.heardOf('pipeline.gap'), []);
        const reported = world.heardOf('pipeline.failed');
        assert.equal(reported.length, 1, 'reported once');
        assert.ok(reported[0]?.error instanceof TableAwaited);
        assert.deepEqual(await process.stop(), { failed: [] });
      },
    );
  }

  it('G1: a resync requested while the table is gone is refused with the reason of the wait', async () => {
    const world = await published();
    const process = world.start();
    await world.untilCaughtUp();
    world.deleteTable();
    await world.until(() => world.heardOf('pipeline.failed').length > 0);
    await assert.rejects(world.clock.run(process.replicator.resync(world.tableName)), TableAwaited);
    assert.ok(process.isAlive);
    await process.stop();
  });

  describe('that is recreated with another key', () => {
    /** As if somebody had dropped or renamed the destination table. */
    const dropVisible = ({ stage }: World) => {
      const { pipeline } = stage as MemoryStage;
      assert.ok(pipeline);
      pipeline.published = false;
      pipeline.tables.visible.clear();
    };

    /** A process that waits since its table has another key. */
    async function misfit(): Promise<{ readonly world: World; readonly process: Process }> {
      const world = await published();
      const process = world.start();
      await world.untilCaughtUp();
      world.keyType = 'N';
      world.replaceTable();
      await world.clock.advance(HOUR);
      return { world, process };
    }

    const assertLoads = async (world: World, process: Process) => {
      await world.until(() => world.phase === 'stream' && world.checkpoint?.generation === 2, 20 * MINUTE);
      for (let i = 0; i < 5; i++) world.write();
      await world.untilCaughtUp();
      world.assertEqual();
      assert.equal(world.checkpoint?.tableId, world.tableId);
      assert.equal(world.heardOf('pipeline.failed').length, 1);
      assert.deepEqual(await process.stop(), { failed: [] });
    };

    it('G1: is waited for, alive, not ready and alarmed, reported once; the old rows stay', async () => {
      const { world, process } = await misfit();
      assert.ok(process.isAlive);
      assert.equal(world.visible().size > 0, true);
      assert.equal(world.checkpoint?.generation, 1);
      const exported = world.simulator.call('dynamodb', 'ListExports', {}) as { ExportSummaries: unknown[] };
      assert.equal(exported.ExportSummaries.length, 1, 'none was paid for');
      const [told, ...more] = world.heardOf('pipeline.failed');
      assert.deepEqual(more, []);
      assert.ok(told?.error instanceof TableAwaited, String(told?.error.stack));
      assert.equal(told.againMs, TABLE_RETRY_MS);
      assert.match(
        told.error.message,
        /^Table orders was deleted and recreated, and cannot be loaded yet\. The key of/,
      );

      const events = new Events();
      const board = new StatusBoard(events, () => 0);
      for (const { name, event } of world.heard) events.emit(name, event);
      const [status] = board.all();
      assert.ok(status);
      const { alive, ready } = serviceHealth(['orders'], [status], 0, board);
      assert.deepEqual({ alive, ready }, { alive: true, ready: false });
      const counts = new Counters(events).of(status.pipeline);
      const readings = readingsOf(status, counts, { elapsedMs: 0, now: undefined });
      assert.equal(readings.pipelineFailed, 1);
      await process.stop();
    });

    it('G1: is loaded by the waiting process once the old table was dropped or renamed', async () => {
      const { world, process } = await misfit();
      dropVisible(world);
      await assertLoads(world, process);
    });

    it('G1: is loaded by a process that started meanwhile', async () => {
      const { world, process } = await misfit();
      await process.stop();
      world.heard.length = 0;
      const later = world.start();
      await world.clock.advance(HOUR);
      assert.ok(later.isAlive);
      dropVisible(world);
      await assertLoads(world, later);
    });

    it('G1: gives way to a table with the old key', async () => {
      const { world, process } = await misfit();
      world.keyType = 'S';
      world.replaceTable();
      await assertLoads(world, process);
    });

    it('G1: is loaded at once while the old one is not published', async () => {
      const world = await published();
      const process = world.start();
      await world.until(() => world.phase === 'load');
      world.keyType = 'N';
      world.replaceTable();
      await world.until(() => world.phase === 'stream');
      await world.untilCaughtUp();
      world.assertEqual();
      assert.deepEqual(world.heardOf('pipeline.failed'), []);
      await process.stop();
    });
  });
});
