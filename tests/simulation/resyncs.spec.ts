import assert from 'node:assert/strict';
import { CommitsLost } from '../../runtime/destinations/errors';
import { CutShort } from '../../runtime/pipeline/requests';
import { ResyncFailed } from '../../runtime/pipeline/resync-failure';
import type { VerifyReport } from '../../runtime/pipeline/verify';
import { Invariants } from './invariants';
import { Killed, type Process, type ProcessOptions } from './process';
import { DAY, HOUR, MINUTE, SECOND, World, type WorldOptions } from './world';

const EXPORT_MS = 20 * MINUTE;

/** A resync that nobody needs because of a gap: the table goes on while it loads (rule P3). */
describe('simulation/resyncs', () => {
  /** A table that follows its stream, and its replicator. */
  async function following(
    options: WorldOptions = {},
  ): Promise<{ world: World; process: Process; invariants: Invariants }> {
    const world = new World({
      ...options,
      grain: SECOND,
      knobs: { exportDurationMs: [EXPORT_MS, EXPORT_MS], exportCut: 'edges', ...options.knobs },
    });
    await world.prepare();
    await world.busy(MINUTE);
    const invariants = new Invariants(world);
    const process = start(world, invariants);
    await world.untilCaughtUp();
    return { world, process, invariants };
  }

  function start(
    world: World,
    invariants: Invariants,
    options: Pick<ProcessOptions, 'resync'> = {},
  ): Process {
    return world.start({ ...options, disturbance: { after: (step) => invariants.check(step) } });
  }

  /** A resync at the start of a process, which does not continue the positions of the table. */
  async function resyncsAfresh(world: World, invariants: Invariants): Promise<void> {
    const again = start(world, invariants, { resync: true });
    await world.until(() => world.checkpoint?.generation === 2);
    assert.equal(world.checkpoint?.feedsVisible, undefined);
    await world.untilCaughtUp();
    assert.equal(world.checkpoint?.generation, 2);
    invariants.checkEnd(false);
    await again.stop();
  }

  function resync(process: Process, world: World): Promise<void> {
    const resynced = process.replicator.resync(world.tableName);
    resynced.catch(() => undefined);
    return resynced;
  }

  function verified(world: World, process: Process): Promise<VerifyReport> {
    return process.replicator.verify(world.tableName);
  }

  const isExporting = (world: World) => () =>
    world.phase === 'load' && world.checkpoint?.export?.arn !== undefined;

  it('P3: the visible table follows the stream while the resync loads', async () => {
    const { world, process, invariants } = await following();
    const before = world.checkpoint!;
    const resynced = resync(process, world);
    await world.until(isExporting(world));
    assert.equal(world.checkpoint?.generation, 2);
    assert(world.checkpoint.graph.watermark >= before.graph.watermark, 'its positions do not go on');
    assert.equal(world.heardOf('pipeline.phase').filter(({ phase }) => phase === 'start').length, 1);
    for (let value = 1_000; value < 1_020; value++) {
      world.put('k1', value);
      await world.until(() => world.destination().get('k1') === String(value), 10 * SECOND, 'it is visible');
      assert.equal(world.phase, 'load');
      await world.busy(20 * SECOND);
    }
    await world.until(() => world.phase === 'stream');
    await world.clock.run(resynced);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    await process.stop();
  });

  it('P3: its lag stays what it was, and it is ready until the publish', async () => {
    const { world, process } = await following();
    const lags = () => world.heardOf('stream.batch').map(({ lagMs }) => lagMs);
    const soFar = lags().length;
    await world.busy(10 * MINUTE);
    const usual = Math.max(...lags().slice(soFar));
    void resync(process, world);
    await world.until(isExporting(world));
    const begun = lags().length;
    await world.busy(EXPORT_MS / 2);
    assert(lags().length > begun + 20);
    assert(Math.max(...lags().slice(begun)) <= usual + 5 * SECOND, 'it lags behind');
    const phases = world.heardOf('pipeline.phase').filter(({ generation }) => generation === 2);
    assert.deepEqual(
      phases.map(({ phase, follows }) => [phase, follows]),
      [
        ['export', true],
        ['export', true],
      ],
    );
    await process.stop();
  });

  it('P3, A3: T is 62 s after the first commit that fills the changes table, for any cut of the export', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const { world, process, invariants } = await following({ seed, keys: 4 });
      void resync(process, world);
      let begunAt: number | undefined;
      while (!isExporting(world)()) {
        world.write();
        await world.clock.advance(SECOND);
        if (world.phase === 'load') begunAt ??= world.clock.now();
      }
      assert(world.checkpoint!.export!.exportTime >= begunAt! - SECOND + 62 * SECOND);
      await world.busy(EXPORT_MS + 5 * MINUTE);
      await world.untilCaughtUp();
      assert.equal(world.checkpoint?.published?.generation, 2, `seed ${seed}`);
      invariants.checkEnd(false);
      await process.stop();
    }
  });

  /** Full exports that were requested, each of which AWS bills. */
  const exportsOf = (world: World) => world.heardOf('export.requested').length;

  it('P3: a second resync in the middle of the first joins it, even behind a verify: no other export is paid for', async () => {
    const { world, process, invariants } = await following();
    const first = resync(process, world);
    await world.until(isExporting(world));
    const verify = verified(world, process);
    const second = resync(process, world);
    await world.until(() => world.heardOf('resync.joined').length === 1, MINUTE);
    const [joined] = world.heardOf('resync.joined');
    assert.equal(joined?.generation, 2);
    assert.match(joined.message, /^already loading generation 2 from the export of \d{4}-.*joins it/);
    await world.until(() => world.phase === 'stream');
    await world.clock.run(Promise.all([first, second]));
    assert.deepEqual([world.checkpoint?.published?.generation, exportsOf(world)], [2, 2]);
    await world.busy(EXPORT_MS);
    assert.equal((await world.clock.run(verify)).differences, 0);
    await world.untilCaughtUp();
    assert.equal(world.checkpoint?.generation, 2);
    invariants.checkEnd(false);
    await process.stop();
  });

  it('P3: a resync during the first load joins it, and ends with its publish', async () => {
    const world = new World({ grain: SECOND, knobs: { exportDurationMs: [EXPORT_MS, EXPORT_MS] } });
    await world.prepare();
    world.put('k1', 1);
    const process = start(world, new Invariants(world));
    await world.until(() => world.heardOf('pipeline.phase').length > 0);
    const early = resync(process, world);
    await world.until(isExporting(world));
    const late = resync(process, world);
    await world.clock.run(Promise.all([early, late]));
    assert.deepEqual([world.checkpoint?.published?.generation, exportsOf(world)], [1, 1]);
    assert.deepEqual(
      world.heardOf('resync.joined').map(({ message }) => message.includes(' from the export of ')),
      [false, true],
    );
    await world.untilCaughtUp();
    assert.equal(world.checkpoint?.generation, 1);
    await process.stop();
  });

  /** A resync whose process was killed while it waited for its export. */
  async function killedResync(
    isBehindGap: boolean,
  ): Promise<Pick<Awaited<ReturnType<typeof following>>, 'world' | 'invariants'>> {
    const { world, process, invariants } = await following();
    await process.stop();
    if (isBehindGap) await world.busy(2 * DAY);
    const killed = start(world, invariants, { resync: true });
    await world.until(isExporting(world));
    assert.equal(world.checkpoint?.feedsVisible, isBehindGap ? undefined : true);
    killed.kill();
    return { world, invariants };
  }

  for (const isBehindGap of [false, true])
    it(`P3: a resync whose process was killed is joined by the next request${isBehindGap ? ', also after a gap' : ''}`, async () => {
      const { world, invariants } = await killedResync(isBehindGap);
      await world.busy(MINUTE);
      const again = start(world, invariants);
      await world.clock.run(resync(again, world));
      assert.deepEqual([world.checkpoint?.published?.generation, exportsOf(world)], [2, 2]);
      await world.untilCaughtUp();
      invariants.checkEnd(false);
      await again.stop();
    });

  it('P3: a request that joined a load whose files are gone loads another export', async () => {
    const { world, invariants } = await killedResync(true);
    await world.clock.advance(2 * EXPORT_MS);
    const { store } = world.simulator;
    world.simulator.call('dynamodb', 'DescribeExport', { ExportArn: world.checkpoint?.export?.arn });
    for (const { key } of store.listObjects(world.bucket).objects)
      if (key.includes('/data/')) store.deleteObject(world.bucket, key);
    const again = start(world, invariants);
    await assert.doesNotReject(world.clock.run(resync(again, world)));
    assert.deepEqual([world.checkpoint?.published?.generation, exportsOf(world)], [3, 3]);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    await again.stop();
  });

  it('P3: a resync that is requested once a publish has begun loads another export after it', async () => {
    const { world, process, invariants } = await following();
    await process.stop();
    let late: Promise<void> | undefined;
    const again: Process = world.start({
      resync: true,
      disturbance: {
        before: (step) => {
          if (step === 'publish') late ??= resync(again, world);
        },
        after: (step) => invariants.check(step),
      },
    });
    await world.until(() => late !== undefined);
    await world.busy(MINUTE);
    assert.equal(world.checkpoint?.published?.generation, 2);
    await world.clock.run(late!);
    assert.deepEqual([world.checkpoint?.published?.generation, exportsOf(world)], [3, 3]);
    assert.deepEqual(world.heardOf('resync.joined'), []);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    await again.stop();
  });

  it('P3, G2: a gap in the middle stops the table, and another export is loaded', async () => {
    const { world, process, invariants } = await following();
    void resync(process, world);
    await world.until(isExporting(world));
    await process.stop();
    for (let hours = 0; hours < 30; hours++) await world.busy(HOUR);
    const again = start(world, invariants);
    await world.until(() => world.checkpoint?.generation === 3);
    assert.deepEqual([world.checkpoint?.reason, world.checkpoint?.feedsVisible], ['gap', undefined]);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    await again.stop();
  });

  it('P3, G3: with onGap heal, a gap in the middle ends the resync and is healed, without another full export', async () => {
    const { world, process, invariants } = await following({ settings: { onGap: 'heal' } });
    void resync(process, world);
    await world.until(isExporting(world));
    await process.stop();
    for (let hours = 0; hours < 30; hours++) await world.busy(HOUR);
    const again = start(world, invariants);
    await world.until(() => world.heardOf('pipeline.healed').length > 0);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    assert.equal(world.heardOf('export.requested').length, 2, 'of the first load and of the resync');
    const [failed] = world.heardOf('resync.failed');
    assert.match(
      failed!.message,
      /^The resync failed: there is a gap: .*\.\nThe gap is to be healed first\..*run resync again\.$/,
    );
    await again.stop();
  });

  it('P3: after a gap that is not recorded yet, a resync begins with positions of its own', async () => {
    const { world, process, invariants } = await following();
    await process.stop();
    await world.busy(2 * DAY);
    await resyncsAfresh(world, invariants);
  });

  it('P3: after its stream was replaced, a resync begins with positions of its own', async () => {
    const { world, process, invariants } = await following();
    await process.stop();
    world.setStream(false);
    await world.clock.advance(MINUTE);
    world.setStream(true);
    await world.busy(10 * MINUTE);
    await resyncsAfresh(world, invariants);
  });

  it('P3: a gap after a published resync stops the table until the next load is published', async () => {
    const { world, process, invariants } = await following({ settings: { onGap: 'resync' } });
    await world.clock.run(resync(process, world));
    assert.equal(world.checkpoint?.feedsVisible, undefined);
    await process.stop();
    await world.busy(2 * DAY);
    const again = start(world, invariants);
    await world.until(isExporting(world), 3 * HOUR);
    const shown = [...world.visible()];
    await world.busy(5 * MINUTE);
    assert.deepEqual([...world.visible()], shown);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    await again.stop();
  });

  it('P3: another stream or another table in the middle is noticed', async () => {
    for (const replace of ['stream', 'table'] as const) {
      const { world, process, invariants } = await following();
      void resync(process, world);
      await world.until(isExporting(world));
      if (replace === 'table') world.replaceTable();
      else {
        world.setStream(false);
        await world.clock.advance(MINUTE);
        world.setStream(true);
      }
      await world.busy(10 * MINUTE);
      await world.untilCaughtUp();
      assert.equal(world.checkpoint?.generation, 3, replace);
      invariants.checkEnd(false);
      await process.stop();
    }
  });

  it('P3, V3: a verify in progress ends first, and one that is requested meanwhile waits for the publish', async () => {
    const { world, process, invariants } = await following();
    const before = process.replicator.verify(world.tableName);
    await world.until(() => world.heardOf('verify.progress').length > 0);
    const resynced = resync(process, world);
    await world.until(() => world.checkpoint?.generation === 2);
    assert.equal((await before).differences, 0);
    const after = process.replicator.verify(world.tableName);
    await world.busy(EXPORT_MS);
    await world.clock.run(resynced);
    await world.busy(EXPORT_MS);
    await world.until(() => world.heardOf('verify.finished').length === 2);
    assert.equal((await after).differences, 0);
    invariants.checkEnd(false);
    await process.stop();
  });

  it('P3, C1: killed over and over while it loads, it applies everything once and is published', async () => {
    const { world, process, invariants } = await following();
    void resync(process, world);
    await world.until(() => world.checkpoint?.generation === 2);
    let alive = process;
    for (let kills = 0; kills < 30; kills++) {
      alive.kill();
      alive = start(world, invariants);
      await world.busy(world.random.integer(1, 3) * 20 * SECOND);
      if (world.phase === 'load') assert.equal(world.checkpoint?.feedsVisible, true);
    }
    await world.untilCaughtUp();
    assert.equal(world.checkpoint?.published?.generation, 2);
    invariants.checkEnd(false);
    await alive.stop();
  });

  /** What makes the load of a resync fail, once its export is requested. */
  const failures = {
    'an export that fails': (world: World) => {
      world.simulator.failNextExport('S3NoSuchBucket', 'no bucket exports');
    },
    'an export that AWS has lost': (world: World) => {
      const answer = { kind: 'error', type: 'ExportNotFoundException' } as const;
      world.simulator.faults.add({ operation: 'DescribeExport', answer });
    },
    'recovery that is off': (world: World) => world.setRecovery(false),
    'a file that is missing': (world: World) => {
      world.simulator.faults.add({
        service: 's3',
        operation: 'GetObject',
        answer: { kind: 'error', type: 'NoSuchKey' },
      });
    },
  } as const;
  for (const [what, fail] of Object.entries(failures)) {
    it(`P3: ${what} ends the resync and nothing else`, async () => {
      const { world, process, invariants } = await following();
      const resynced = assert.rejects(resync(process, world), (error: Error) => {
        assert(error instanceof ResyncFailed, error.stack);
        assert.match(error.message, /goes on following its stream.* run resync again/s);
        return true;
      });
      await world.until(() => world.checkpoint?.generation === 2);
      const joined = assert.rejects(resync(process, world), ResyncFailed);
      fail(world);
      await world.busy(EXPORT_MS + 5 * MINUTE);
      await world.clock.run(Promise.all([resynced, joined]));
      assert.deepEqual([world.phase, world.checkpoint?.published?.generation], ['stream', 1]);
      assert.equal(world.heardOf('resync.failed').length, 1);
      const { at, error, message } = world.checkpoint?.resyncFailed ?? assert.fail('it is not stored');
      assert(at <= world.clock.now() && at > world.clock.now() - EXPORT_MS - 10 * MINUTE);
      assert.match(error, /^(ExportFailed|AwsFault|ManifestRefused)$/);
      const [reason] = message.split(' --table …');
      assert(world.heardOf('resync.failed')[0]?.message.includes(reason as string), message);
      assert.equal(world.heardOf('pipeline.failed').length, 0);
      world.simulator.faults.clear();
      world.setRecovery(true);
      await world.busy(MINUTE);
      await world.untilCaughtUp();
      invariants.checkEnd(false);
      assert.equal((await world.clock.run(verified(world, process))).differences, 0);
      const next = resync(process, world);
      await world.until(isExporting(world));
      assert.equal(world.checkpoint?.resyncFailed?.at, at, 'it is kept until the publish');
      await world.clock.run(next);
      assert.equal(world.checkpoint?.published?.generation, 3);
      assert.equal(world.checkpoint?.resyncFailed, undefined);
      await world.untilCaughtUp();
      invariants.checkEnd(false);
      await process.stop();
    });
  }

  it('P3, C1: killed while it abandons a failed resync, the table follows on', async () => {
    for (const when of ['before', 'after'] as const) {
      const { world, process, invariants } = await following();
      await process.stop();
      const kill = (step: string) => {
        if (step !== 'abandonLoad') return;
        killed.kill();
        throw new Killed();
      };
      const killed: Process = world.start({ resync: true, disturbance: { [when]: kill } });
      await world.until(() => world.checkpoint?.generation === 2);
      failures['an export that fails'](world);
      await world.until(() => !killed.isAlive);
      const again = start(world, invariants);
      await world.busy(EXPORT_MS * 2);
      await world.untilCaughtUp();
      // Before the commit, nobody knows that it was to be abandoned: another export is requested.
      assert.equal(world.checkpoint?.published?.generation, when === 'after' ? 1 : 2);
      invariants.checkEnd(false);
      await again.stop();
    }
  });

  it('P3, C2: a resync whose end is in doubt is requested again, and returns when that is published', async () => {
    const { world, process, invariants } = await following();
    await process.stop();
    let isLost = false;
    const losing = world.start({
      disturbance: {
        after: (step) => {
          invariants.check(step);
          if (step !== 'abandonLoad' || isLost) return;
          isLost = true;
          throw new CommitsLost('orders');
        },
      },
    });
    const resynced = resync(losing, world);
    await world.until(() => world.checkpoint?.generation === 2);
    failures['an export that fails'](world);
    await world.clock.run(resynced);
    assert(isLost);
    assert.equal(world.checkpoint?.published?.generation, 3);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    await losing.stop();
  });

  it('a resync that is cut short by a stop continues at the next start', async () => {
    const { world, process, invariants } = await following();
    const resynced = assert.rejects(process.replicator.resync(world.tableName), CutShort);
    await world.until(isExporting(world));
    await process.stop();
    await world.clock.run(resynced);
    await world.busy(HOUR);
    const again = start(world, invariants);
    await world.until(() => world.phase === 'stream');
    assert.equal(world.checkpoint?.published?.generation, 2);
    await world.untilCaughtUp();
    invariants.checkEnd(false);
    await again.stop();
  });
});
