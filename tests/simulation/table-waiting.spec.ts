import assert from 'node:assert/strict';
import { TableAwaited } from '../../runtime/pipeline/source-watch';
import { quickIf } from '../tiers/tier';
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
});
