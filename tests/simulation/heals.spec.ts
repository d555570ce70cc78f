import assert from 'node:assert/strict';
import { AwsFault } from '../../runtime/aws/faults';
import { ExportFailed } from '../../runtime/export/errors';
import type { HealAnswer, HealPlan } from '../../runtime/pipeline/context';
import { GapNotHealed } from '../../runtime/pipeline/heal/close-gap';
import { type ActiveFault, ServiceError } from '../../simulator';
import { quickIf } from '../tiers/tier';
import { downtime, GAP_VARIANTS, type GapVariant } from './gap-variants';
import type { BeforeCall } from './in-process-services';
import type { Process } from './process';
import { failures, following, healed, untilHealed } from './healing-world';
import { Outages } from './outages';
import { DAY, HOUR, MINUTE, SECOND, type World } from './world';

function emptyAndDelete({ bucket, simulator: { s3 } }: World): void {
  for (const { key } of s3.listObjects(bucket).objects) s3.deleteObject(bucket, key);
  s3.deleteBucket(bucket);
}

function failing(operation: string, error: ServiceError): BeforeCall {
  return (called) => {
    if (called === operation) throw error;
  };
}

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

  it('G3: without the right to read keys it waits and names the right; once it has it, it heals', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    let isDenied = true;
    const denied = failing(
      'BatchGetItem',
      new ServiceError('AccessDeniedException', 'not authorized to perform: dynamodb:BatchGetItem', 400),
    );
    const next = world.start({ beforeCall: (...call) => (isDenied ? denied(...call) : undefined) });
    await world.until(() => failures(world).length > 0);
    assert.ok(failures(world)[0] instanceof GapNotHealed, String(failures(world)[0]!.stack));
    assert.match(failures(world)[0]!.message, /dynamodb:BatchGetItem/);
    assert.equal(world.heardOf('heal.requested').length, 0, 'nothing was paid for');
    isDenied = false;
    const [first, ...more] = world.heardOf('pipeline.failed');
    assert.deepEqual([first!.isRepeated, more.every(({ isRepeated }) => isRepeated)], [false, true]);
    await untilHealed(world);
    world.assertEqual();
    await next.stop();
  });

  it('G3: a heal that would cost too much is not begun', async () => {
    const { world, process } = await following({ settings: { heal: { maxUsd: 0 } } as never });
    const next = await downtime(world, process, 25 * HOUR);
    await world.until(() => failures(world).length > 0);
    assert.match(
      failures(world)[0]!.message,
      /it would cost less than \$0\.01, and heal\.maxUsd is 0\. Raise heal\.maxUsd/,
    );
    assert.equal(world.heardOf('heal.requested').length, 0);
    await next.stop();
  });

  it('G3: on a terminal no heal begins before the answer; a yes begins it at once', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    const answers: HealAnswer[] = ['awaited', 'awaited', 'agreed'];
    const plans: HealPlan[] = [];
    const next = world.start({
      consent: (plan) => {
        plans.push(plan);
        return answers[plans.length - 1] ?? assert.fail('asked again');
      },
    });
    await world.until(() => failures(world).length === 2);
    for (const error of failures(world))
      assert.match(error.message, /behind\. It can be healed, once you agree on the terminal of `run`\.$/);
    assert.equal(world.heardOf('heal.requested').length, 0, 'nothing was paid for');
    const { pipeline } = plans[0]!;
    next.replicator.tryAgain(pipeline);
    await world.until(() => plans.length === 3, MINUTE);
    await untilHealed(world);
    world.assertEqual();
    const [asked, { exports, from, priceUsd }] = [plans[2]!, world.heardOf('heal.requested')[0]!];
    assert.deepEqual([asked.exports, asked.from], [exports, from]);
    assert.ok(Math.abs(asked.priceUsd - priceUsd) < 0.000_01, 'the same, but for what was written meanwhile');
    await next.stop();
  });

  it('G3: an answer that comes before the pipeline has stopped begins the heal at once too', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    let asked = 0;
    const next: Process = world.start({
      consent: ({ pipeline }) => {
        next.replicator.tryAgain(pipeline);
        return asked++ === 0 ? 'awaited' : 'agreed';
      },
    });
    await world.until(() => asked === 2, MINUTE);
    await untilHealed(world);
    world.assertEqual();
    await next.stop();
  });

  for (const answer of ['awaited', 'refused'] as const)
    it(`G3: a heal that is ${answer} leaves the gap as it is, and a resync is served`, async () => {
      const { world, process } = await following();
      process.kill();
      await world.busy(25 * HOUR);
      const visible = world.visible();
      const next = world.start({ consent: () => answer });
      await world.until(() => failures(world).length === 3);
      assert.deepEqual(world.visible(), visible);
      assert.equal(world.heardOf('heal.requested').length, 0, 'nothing was paid for');
      if (answer === 'refused')
        assert.match(
          failures(world)[0]!.message,
          /you declined 2 incremental exports .*restart this command.*dynamodb-replicator resync --table orders --bucket/s,
        );
      assert.ok(next.isAlive);
      await world.clock.run(next.replicator.resync(world.tableName));
      await world.untilCaughtUp();
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

  it('G3: a failed export is reported, and after a restart the gap is healed by other exports', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    const next = world.start();
    await world.until(() => (world.checkpoint?.heal?.windows.length ?? 0) > 0);
    emptyAndDelete(world);
    await world.until(() => !next.isAlive, HOUR);
    const { error } = (await next.outcome).failed[0]!;
    assert.ok(error instanceof ExportFailed, String(error.stack));
    assert.match(error.message, /no bucket exports/);
    const [, earliest] = /The next heal begins at (.*) at the earliest/.exec(error.message) ?? [];
    world.simulator.s3.createBucket(world.bucket);
    const last = world.start();
    await world.busy(MINUTE);
    const [waits] = failures(world).slice(-1);
    assert.ok(waits instanceof GapNotHealed, String(waits?.stack));
    assert.match(
      waits.message,
      /an export of the last heal failed.*dynamodb-replicator resync --table orders/s,
    );
    assert.ok(waits.message.includes(`The next one begins at ${earliest}`), waits.message);
    await world.busy(20 * MINUTE);
    assert.equal(world.heardOf('heal.requested').length, 2, 'it was tried again');
    await untilHealed(world);
    world.assertEqual();
    assert.equal(world.checkpoint!.healsFailed, undefined);
    await last.stop();
  });

  it('G3: a heal of which one export was complete before another failed counts like any other', async () => {
    const { world, process } = await following({ knobs: { exportDurationMs: [MINUTE, 3 * HOUR] } });
    process.kill();
    await world.busy(25 * HOUR);
    const completed = world.heardOf('export.completed').length;
    const next = world.start();
    await world.until(() => world.heardOf('export.completed').length > completed);
    world.simulator.failNextExport('InternalError');
    await world.until(() => !next.isAlive, 4 * HOUR);
    const { error } = (await next.outcome).failed[0]!;
    assert.ok(error instanceof ExportFailed, String(error.stack));
    const last = world.start();
    await world.until(() => failures(world).at(-1) instanceof GapNotHealed);
    assert.match(failures(world).at(-1)!.message, /a heal of this table began less than 6 hours ago/);
    await untilHealed(world);
    world.assertEqual();
    await last.stop();
  });

  it('G3: when AWS has lost an export of a heal, it heals again from the same time', async () => {
    const { world, process } = await following();
    const next = await downtime(world, process, 50 * HOUR);
    await world.until(() => (world.checkpoint?.heal?.windows ?? []).some(({ arn }) => arn !== undefined));
    const { since } = world.checkpoint!.heal!;
    const answer = { kind: 'error', type: 'ExportNotFoundException' } as const;
    world.simulator.faults.add({ operation: 'DescribeExport', answer, times: 1 });
    await untilHealed(world);
    world.assertEqual();
    assert.equal(world.heardOf('heal.requested').length, 2);
    for (const { from } of world.heardOf('heal.requested')) assert.ok(from <= since - 5 * MINUTE);
    await next.stop();
  });

  it('G3: when AWS has lost the last export after lines of another were staged, nothing of these is kept', async () => {
    const { world, process } = await following();
    await downtime(world, process, 50 * HOUR, undefined, false);
    const next: Process = world.start({
      disturbance: {
        after: (step) => {
          if (step === 'stage') next.kill();
        },
      },
    });
    await world.until(() => !next.isAlive);
    assert.ok(world.stage.loadedFiles().length > 0);
    const { windows } = world.checkpoint!.heal!;
    const answer = { kind: 'error', type: 'ExportNotFoundException' } as const;
    const lost = windows.at(-1)!.arn;
    assert.ok(lost !== undefined);
    world.simulator.faults.add({ operation: 'DescribeExport', containing: lost, answer });
    const last = world.start();
    await untilHealed(world);
    world.assertEqual();
    assert.equal(world.heardOf('heal.requested').length, 2);
    assert.equal(healed(world)[0]!.windows, 3);
    await last.stop();
  });

  const damages: readonly [string, RegExp, (world: World, key: string) => void, RegExp][] = [
    [
      'a data file of a heal is missing',
      /\/data\/.*\.json\.gz$/,
      ({ bucket, simulator: { s3 } }, key) => s3.deleteObject(bucket, key),
      /\.json\.gz does not exist/,
    ],
    [
      'a data file of a heal is damaged',
      /\/data\/.*\.json\.gz$/,
      ({ bucket, simulator: { s3 } }, key) => s3.putObject(bucket, key, Buffer.from('damaged')),
      /\.json\.gz does not match the export's manifest/,
    ],
    [
      'the manifest of a heal is damaged',
      /\/manifest-summary\.json$/,
      ({ bucket, simulator: { s3 } }, key) => s3.putObject(bucket, key, Buffer.from('damaged')),
      /manifest-summary\.json should have the MD5/,
    ],
    [
      'the manifest of a heal is missing',
      /\/manifest-summary\.json$/,
      ({ bucket, simulator: { s3 } }, key) => s3.deleteObject(bucket, key),
      /manifest-summary\.json does not exist/,
    ],
  ];
  for (const [what, ofKey, damage, named] of damages)
    it(`G3: when ${what}, it is reported by name, and other exports heal from the same time`, async () => {
      const { world, process } = await following();
      process.kill();
      await world.busy(25 * HOUR);
      let damaged: string | undefined;
      let since: number | undefined;
      const next = world.start({
        beforeCall: (operation, key) => {
          if (operation !== 'GetObject' || key === undefined || damaged !== undefined || !ofKey.test(key))
            return;
          damaged = key;
          since = world.checkpoint!.heal!.since;
          damage(world, key);
        },
      });
      await untilHealed(world);
      assert.ok(next.isAlive && damaged !== undefined && since !== undefined);
      world.assertEqual();
      const [lost, ...more] = world.heardOf('heal.lost');
      assert.deepEqual(more, []);
      assert.match(lost!.message, named);
      assert.ok(lost!.message.includes(damaged));
      assert.equal(world.heardOf('heal.requested').length, 2);
      for (const { from } of world.heardOf('heal.requested')) assert.ok(from <= since - 5 * MINUTE);
      await next.stop();
    });

  it('G3, F27: when S3 denies a file of a heal, which may be missing, it stops after six hours; once S3 says that it is, other exports heal', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    const isFile = /\/data\/.*\.json\.gz$/;
    let denied: ActiveFault | undefined;
    const next = world.start({
      beforeCall: (operation, key) => {
        if (operation !== 'GetObject' || key === undefined || denied !== undefined || !isFile.test(key))
          return;
        world.simulator.s3.deleteObject(world.bucket, key);
        const answer = { kind: 'error', type: 'AccessDenied', status: 403 } as const;
        denied = world.simulator.faults.add({ operation, containing: key, answer });
      },
    });
    await world.until(() => denied !== undefined);
    await world.busy(5 * HOUR);
    assert.ok(next.isAlive);
    await world.until(() => !next.isAlive, 2 * HOUR);
    const { error } = (await next.outcome).failed[0]!;
    assert.ok(error instanceof AwsFault, String(error.stack));
    assert.match(
      error.message,
      /is missing, or not allowed to be read: without s3:ListBucket, S3 does not say which\./,
    );
    assert.match(
      error.message,
      /add this too: \{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::/,
    );
    assert.equal(world.heardOf('heal.requested').length, 1);
    denied!.remove();
    const last = world.start();
    await untilHealed(world);
    world.assertEqual();
    assert.match(world.heardOf('heal.lost')[0]!.message, /does not exist/);
    assert.equal(world.heardOf('heal.requested').length, 2);
    await last.stop();
  });

  const permissions = [
    ['ExportTableToPointInTime', 'start'],
    ['DescribeExport', 'export'],
    ['GetObject', 'export'],
    ['BatchGetItem', 'export'],
    ['GetRecords', 'load'],
  ] as const;
  for (const restarts of [false, true])
    for (const [operation, step] of permissions)
      quickIf(!restarts && operation === 'GetObject').it(
        `G3, F13: ${operation} is denied in phase ${step} of a heal${restarts ? ', to a process that starts then' : ''}, and allowed again: it is healed, and nothing is paid for twice`,
        async () => {
          const { world, process } = await following();
          const started = world.heardOf('pipeline.phase').length;
          // Its key has to be read again.
          world.put('short-lived', 1);
          await world.until(() => world.visible().has('short-lived'));
          let next = await downtime(world, process, 25 * HOUR, () => world.delete('short-lived'));
          const phases = () => world.heardOf('pipeline.phase').slice(started);
          await world.until(() => phases().some(({ phase }) => phase === step));
          const outages = new Outages(world);
          outages.deny(operation, HOUR);
          if (restarts) {
            next.kill();
            await world.busy(SECOND);
            next = world.start();
          }
          await world.busy(HOUR - MINUTE);
          assert.ok(
            world.simulator.faults.active().some(({ hits }) => hits > 0),
            'it was denied',
          );
          await world.busy(2 * MINUTE);
          if (!next.isAlive) {
            const [failure] = (await next.outcome).failed;
            assert.ok(outages.explains(failure!.error), String(failure!.error.stack));
            next = world.start();
          }
          await untilHealed(world);
          world.assertEqual();
          const { ExportSummaries: exports } = world.simulator.call('dynamodb', 'ListExports', {}) as {
            ExportSummaries: unknown[];
          };
          assert.equal(exports.length, 1 + healed(world)[0]!.windows);
          await next.stop();
        },
      );

  const steps = ['start', 'export', 'load', 'publish'] as const;
  for (const step of steps)
    it(`G3, C1: killed in phase ${step} of a heal, over and over: loses nothing and applies nothing twice`, async () => {
      const { world, process } = await following({ keys: 20 });
      let next = await downtime(world, process, 25 * HOUR);
      for (let kill = 0; kill < 4 && healed(world).length === 0; kill++) {
        const before = world.heardOf('pipeline.phase').length;
        await world.until(
          () =>
            healed(world).length > 0 ||
            world
              .heardOf('pipeline.phase')
              .slice(before)
              .some(({ phase }) => phase === step),
        );
        await world.clock.advance(kill * 700);
        next.kill();
        await world.busy(MINUTE);
        next = world.start();
      }
      await world.until(() => world.phase === 'stream' && world.checkpoint?.reason === 'heal', DAY);
      await world.untilCaughtUp();
      world.assertEqual();
      await next.stop();
    });
});
