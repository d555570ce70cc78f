import assert from 'node:assert/strict';
import { AwsFault } from '../../runtime/aws/faults';
import { ExportFailed } from '../../runtime/export/errors';
import { GapNotHealed } from '../../runtime/pipeline/heal/close-gap';
import type { ActiveFault } from '../../simulator';
import { quickIf } from '../tiers/tier';
import { downtime } from './gap-variants';
import type { Process } from './process';
import { failures, following, healed, untilHealed } from './healing-world';
import { Outages } from './outages';
import { DAY, HOUR, MINUTE, SECOND, type World } from './world';

function emptyAndDelete({ bucket, simulator: { s3 } }: World): void {
  for (const { key } of s3.listObjects(bucket).objects) s3.deleteObject(bucket, key);
  s3.deleteBucket(bucket);
}

describe('simulation/heal-failures', () => {
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
