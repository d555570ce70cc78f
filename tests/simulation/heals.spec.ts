import assert from 'node:assert/strict';
import { GapNotHealed } from '../../runtime/pipeline/heal/close-gap';
import { quickIf } from '../tiers/tier';
import { downtime, GAP_VARIANTS, type GapVariant } from './gap-variants';
import { failures, following, healed, untilHealed } from './healing-world';
import { DAY, HOUR, MINUTE } from './world';

describe('simulation/heals', () => {
  const variants: readonly GapVariant[] = GAP_VARIANTS;
  for (const deletes of ['hard', 'soft'] as const)
    for (const variant of variants) {
      const isSlow = variant.name.startsWith('one shard stuck') || deletes === 'soft';
      quickIf(!isSlow).it(
        `G3, G4, P3: ${variant.name}, ${deletes} deletes: healed without help and without a full export, and all is equal in the end`,
        async () => {
          const { world, process } = await following({
            ...(variant.knobs && { knobs: variant.knobs }),
            table: { deletes },
          });
          const { generation } = world.checkpoint!;
          const next = await variant.happen(world, process);
          await untilHealed(world);
          world.assertEqual();
          const [heal] = healed(world);
          assert.ok(heal!.from < heal!.to);
          assert.equal(world.heardOf('export.requested').length, 1, 'only the first load was a full export');
          assert.equal(world.checkpoint!.reason, 'heal');
          assert.ok(world.checkpoint!.generation > generation);
          await world.busy(HOUR);
          await world.untilCaughtUp();
          world.assertEqual('and it follows again');
          assert.ok(next.isAlive);
          await next.stop();
        },
      );
    }

  for (const days of [3, 34])
    quickIf(days < 10).it(`G3: ${days} days of downtime are healed`, async () => {
      const { world, process } = await following({ keys: 40 });
      const next = await downtime(world, process, days * DAY);
      await untilHealed(world);
      world.assertEqual();
      assert.equal(healed(world)[0]!.windows, days + 1);
      await next.stop();
    });

  it('G3: 36 days of downtime are not: it waits, names the time that recovery reaches, and never asks for a full export', async () => {
    const { world, process } = await following();
    const next = await downtime(world, process, 36 * DAY);
    await world.until(() => failures(world).length > 1);
    for (const error of failures(world)) {
      assert.ok(error instanceof GapNotHealed, String(error.stack));
      assert.match(error.message, /recovery reaches back to .*dynamodb-replicator resync --table orders/s);
    }
    assert.equal(world.heardOf('export.requested').length, 1);
    await world.busy(HOUR);
    const waits = world.heardOf('pipeline.failed').filter(({ isRepeated }) => isRepeated !== true);
    assert.equal(waits.length, 1, 'reported once, though that time moves on');
    const resynced = next.replicator.resync(world.tableName);
    await world.clock.run(resynced);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.deepEqual(await next.stop(), { failed: [] });
  });

  it('G3: an insert and a delete in the gap, of a key that the destination never saw, leaves nothing', async () => {
    const { world, process } = await following();
    const next = await downtime(world, process, 25 * HOUR, async () => {
      world.put('fleeting', 1);
      await world.clock.advance(MINUTE);
      world.delete('fleeting');
    });
    await untilHealed(world);
    world.assertEqual();
    await next.stop();
  });

  it('G3: a key inserted right before the gap and deleted in it has no line: it is read again and deleted', async () => {
    const { world, process } = await following();
    world.put('short-lived', 1);
    await world.until(() => world.visible().has('short-lived'));
    process.kill();
    world.delete('short-lived');
    const next = await downtime(world, process, 30 * HOUR);
    await untilHealed(world);
    world.assertEqual();
    const [heal] = healed(world);
    assert.ok(heal!.reread >= 1 && heal!.deleted >= 1, JSON.stringify(heal));
    await next.stop();
  });

  it('G3: after a gap in the middle of a heal it heals again from the same time, not sooner than 6 hours after', async () => {
    const { world, process } = await following({ knobs: { exportDurationMs: [HOUR, HOUR] } });
    const next = await downtime(world, process, 25 * HOUR);
    await world.until(() => (world.checkpoint?.heal?.windows.length ?? 0) > 0);
    const { since } = world.checkpoint!.heal!;
    const last = await downtime(world, next, 26 * HOUR);
    await untilHealed(world);
    world.assertEqual();
    const [heal] = healed(world);
    assert.ok(heal!.windows >= 3, 'it covers both gaps');
    assert.ok(heal!.from <= since + HOUR);
    await last.stop();
  });

  it('G3: with another stream in the middle of a heal it waits until 6 hours after the last one began', async () => {
    const { world, process } = await following({ knobs: { exportDurationMs: [HOUR, HOUR] } });
    const next = await downtime(world, process, 25 * HOUR);
    await world.until(() => (world.checkpoint?.heal?.windows.length ?? 0) > 0);
    world.setStream(false);
    await world.busy(MINUTE);
    world.setStream(true);
    await world.until(() =>
      failures(world).some((error) => /began less than 6 hours ago/.test(error.message)),
    );
    await untilHealed(world);
    world.assertEqual();
    await next.stop();
  });

  for (const [onGap, then] of [
    ['heal', /the replicator heals the gap/],
    ['resync', /the replicator reloads the table/],
    ['wait', /waits until you reload the table/],
    ['exit', /stops until you reload it/],
  ] as const)
    it(`G3: while the stream is off, it says what follows with onGap ${onGap}`, async () => {
      const { world, process } = await following({ settings: { onGap } as never });
      world.setStream(false);
      await world.until(() => world.heardOf('pipeline.waiting').some(({ reason }) => then.test(reason)));
      await process.stop();
    });

  it('G3: a stream that is off is waited for, and the gap is healed once it is on', async () => {
    const { world, process } = await following();
    const next = await downtime(world, process, 25 * HOUR, () => world.setStream(false));
    await world.until(() => failures(world).some((error) => /is off\. Turn it on with/.test(error.message)));
    assert.ok(next.isAlive);
    world.setStream(true);
    await untilHealed(world);
    world.assertEqual();
    await next.stop();
  });

  it('G3: with onGap resync a full export closes the gap, unasked', async () => {
    const { world, process } = await following({ settings: { onGap: 'resync' } as never });
    const next = await downtime(world, process, 25 * HOUR);
    await world.until(() => world.heardOf('pipeline.published').length === 2);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.equal(world.heardOf('export.requested').length, 2);
    await next.stop();
  });
});
