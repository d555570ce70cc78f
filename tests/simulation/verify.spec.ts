import assert from 'node:assert/strict';
import { DestinationUnavailable, DestinationUnusable } from '../../runtime/destinations/errors';
import { CutShort, VerifyFailed } from '../../runtime/pipeline/requests';
import type { VerifyReport } from '../../runtime/pipeline/verify';
import { ServiceError } from '../../simulator';
import { MemoryStore } from '../destinations/memory-store';
import type { Process, ProcessOptions } from './process';
import { MemoryStage } from './stage';
import { HOUR, MINUTE, SECOND, World } from './world';

/** A world with a table that is published and caught up. */
async function published(
  options: ProcessOptions = {},
  exportMs: number = 5 * MINUTE,
): Promise<{ world: World; process: Process }> {
  const world = new World({
    seed: 3,
    grain: SECOND,
    knobs: { partitions: 2, exportDurationMs: [exportMs, exportMs] },
  });
  await world.prepare();
  world.put('never changed', 1);
  await world.busy(MINUTE);
  const process = world.start(options);
  await world.untilCaughtUp();
  return { world, process };
}

function killed(process: Process): Process['outcome'] {
  process.kill();
  return process.outcome;
}

/** The result of a verify while the table is written to. */
async function outcome(world: World, process: Process, sample?: number): Promise<VerifyReport | Error> {
  let found: VerifyReport | Error | undefined;
  process.replicator.verify(world.tableName, sample).then(
    (report) => (found = report),
    (error: Error) => (found = error),
  );
  const end = world.clock.now() + 3 * HOUR;
  while (found === undefined && world.clock.now() < end) await world.busy(20 * SECOND);
  assert.ok(found !== undefined, 'the verify has not ended');
  return found;
}

describe('simulation/verify', () => {
  it('V1: T is 62 s after the start of the recording, and W has passed T by 62 s when rows are compared', async () => {
    let recordedAt = Infinity;
    let watermark = 0;
    const { world, process } = await published(
      {
        disturbance: {
          after: (step) => {
            if (step === 'startVerify') recordedAt = world.clock.now();
          },
          before: (step) => {
            if (step === 'compare') watermark = world.checkpoint!.graph.watermark;
          },
        },
      },
      SECOND,
    );
    const report = await outcome(world, process);
    assert.ok(!(report instanceof Error), String(report));
    assert.equal(report.differences, 0);
    assert.ok(report.rowsCompared > 0);
    assert.ok(
      report.exportTime >= recordedAt + 62 * SECOND,
      `T is ${report.exportTime - recordedAt} ms later`,
    );
    assert.ok(watermark >= report.exportTime + 62 * SECOND, `W is ${watermark - report.exportTime} ms later`);
    assert.ok(!world.stage.hasVerify(), 'V3: it left something');
    await process.stop();
  });

  it('V1: a sample loads whole files and compares only their keys, whatever else the destination has', async () => {
    const store = new MemoryStore();
    const world = new World({
      seed: 3,
      grain: SECOND,
      stage: new MemoryStage(store),
      knobs: { partitions: 2, exportFiles: 4, exportDurationMs: [MINUTE, MINUTE] },
    });
    await world.prepare();
    for (let id = 0; id < 40; id++) world.put(`still ${id}`, id);
    const process = world.start();
    await world.untilCaughtUp();
    const [pipeline] = store.pipelines.values();
    const { visible } = pipeline!.tables;
    const lost = [...visible.keys()].find((key) => key.includes('still 7'));
    assert.ok(lost !== undefined);
    const [row] = visible.values();
    visible.set('surplus', { ...row!, cells: ['surplus', ...row!.cells.slice(1)] });
    visible.delete(lost);

    const seen = new Set<string>();
    const loadedOnly = async () => {
      const before = world.heardOf('load.fileCommitted').length;
      const report = await outcome(world, process, 0.5);
      assert.ok(!(report instanceof Error), String(report));
      const committed = world.heardOf('load.fileCommitted').slice(before);
      seen.add(
        committed
          .map(({ file }) => file.slice(file.lastIndexOf('/')))
          .sort()
          .join(),
      );
      assert.equal(committed.length, 2);
      const { coverage, differences, examples, rowsCompared, keysSkipped } = report;
      assert.deepEqual([coverage.files, coverage.filesTotal], [2, 4]);
      assert.equal(
        coverage.items,
        committed.reduce((sum, { items }) => sum + items, 0),
      );
      assert.ok(coverage.items < coverage.itemsTotal, JSON.stringify(coverage));
      assert.equal(rowsCompared + keysSkipped, coverage.items);
      assert.equal(differences, examples.length);
      return examples.map(({ key, difference }) => `${key['id']} ${difference}`);
    };
    const found: string[][] = [];
    for (let verifies = 0; verifies < 6; verifies++) found.push(await loadedOnly());
    const missing = 'still 7 missing in the destination';
    assert.ok(
      found.every((examples) => examples.every((one) => one === missing)),
      JSON.stringify(found),
    );
    assert.ok(
      found.some(([one]) => one === missing),
      'no sample had the lost row',
    );
    assert.ok(
      found.some(({ length }) => length === 0),
      'every sample had the lost row',
    );
    assert.ok(seen.size > 1, 'every verify took the same files');

    const whole = await outcome(world, process, 1);
    assert.ok(!(whole instanceof Error), String(whole));
    assert.deepEqual(whole.examples.map(({ difference }) => difference).sort(), [
      'missing in the destination',
      'missing in the source',
    ]);
    await process.stop();
  });

  it('V1: changes before the request are applied before the recording, after a pause of the replicator too', async () => {
    const { world, process } = await published();
    await process.stop();
    await world.busy(20 * MINUTE);
    const watermarks: number[] = [];
    const next = world.start({
      disturbance: {
        before: (step) => {
          if (step === 'startVerify') watermarks.push(world.checkpoint!.graph.watermark);
        },
      },
    });
    const askedAt = world.clock.now();
    const report = await outcome(world, next);
    assert.ok(!(report instanceof Error), String(report));
    assert.equal(report.differences, 0);
    assert.equal(watermarks.length, 1);
    assert.ok(watermarks[0]! >= askedAt, `W is ${askedAt - watermarks[0]!} ms before the request`);
    await next.stop();
  });

  /** Throws in matching calls. */
  type Failure = (operation: string, subject: string) => void;
  const failing =
    (wanted: string, error: () => Error, part = ''): Failure =>
    (operation, subject) => {
      if (operation === wanted && subject.includes(part)) throw error();
    };
  const refused =
    (code: string, status = 400) =>
    () =>
      new ServiceError(code, 'it is not to be', status);
  const unusable = () => new DestinationUnusable('A view was built on it.');

  const FAILURES: readonly (readonly [
    string,
    { aws?: Failure; step?: readonly [string, () => Error]; says: RegExp },
  ])[] = [
    [
      'the export is refused',
      { aws: failing('ExportTableToPointInTime', refused('ValidationException')), says: /it is not to be/ },
    ],
    [
      'every export time is refused',
      {
        aws: failing('ExportTableToPointInTime', refused('InvalidExportTimeException')),
        says: /point-in-time recovery/,
      },
    ],
    [
      'the manifest is gone',
      { aws: failing('GetObject', refused('NoSuchKey', 404), 'manifest'), says: /manifest/ },
    ],
    [
      'a file of the export is gone',
      { aws: failing('GetObject', refused('NoSuchKey', 404), '/data/'), says: /does not exist/ },
    ],
    [
      'the tables of the verify cannot be created',
      { step: ['startVerify', unusable], says: /view was built/ },
    ],
    ['nothing can be loaded', { step: ['load', unusable], says: /view was built/ }],
    ['the rows cannot be compared', { step: ['compare', unusable], says: /view was built/ }],
    [
      'the code of the verify has a bug',
      { step: ['compare', () => new TypeError('it is no function')], says: /it is no function/ },
    ],
  ];

  for (const [what, { aws, step, says }] of FAILURES) {
    it(`V2: ${what}: the request fails with its cause, and replication continues`, async () => {
      let fails = false;
      const { world, process } = await published({
        beforeCall: (operation, subject) => {
          if (fails) aws?.(operation, String(subject));
        },
        disturbance: {
          before: (at) => {
            if (fails && step?.[0] === at) throw step[1]();
          },
        },
      });
      fails = true;
      const error = await outcome(world, process);
      assert.ok(error instanceof VerifyFailed, String(error));
      assert.match(error.cause.message, says);
      assert.ok(error.message.includes(error.cause.message));
      assert.match(error.message, /Replication continues.*run verify again/s);
      assert.equal(world.heardOf('verify.failed').length, step?.[0] === 'startVerify' ? 0 : 1);
      assert.ok(!world.stage.hasVerify(), 'V3: it leaves something');
      await world.untilCaughtUp();
      world.assertEqual();
      assert.deepEqual([process.isAlive, world.heardOf('pipeline.failed')], [true, []]);

      fails = false;
      const report = await outcome(world, process);
      assert.ok(!(report instanceof Error), String(report));
      assert.equal(report.differences, 0);
      await process.stop();
    });
  }

  it('V2: an export time that is refused once is replaced by a later one', async () => {
    let refusals = 0;
    let fails = false;
    const { world, process } = await published({
      beforeCall: (operation) => {
        if (fails && operation === 'ExportTableToPointInTime' && refusals++ === 0)
          throw refused('InvalidExportTimeException')();
      },
    });
    fails = true;
    const report = await outcome(world, process);
    assert.ok(!(report instanceof Error), String(report));
    assert.equal(refusals, 2);
    await process.stop();
  });

  /** A verify that has loaded everything. Then the destination is unreachable until the verify is interrupted. */
  async function loaded(): Promise<{ world: World; process: Process; cut: Promise<void> }> {
    let attempts = 0;
    const { world, process } = await published({
      disturbance: {
        before: (step) => {
          if (step !== 'compare') return;
          attempts += 1;
          throw new DestinationUnavailable('It is unreachable.');
        },
      },
    });
    const cut = assert.rejects(process.replicator.verify(world.tableName), CutShort);
    await world.until(() => attempts > 0, HOUR, 'rows are compared');
    assert.ok(world.stage.hasVerify());
    return { world, process, cut };
  }

  for (const [how, end] of [
    ['stopped', (process: Process) => process.stop()],
    ['killed', killed],
  ] as const) {
    it(`V3: ${how} while it records: nothing is left after the next start`, async () => {
      const { world, process } = await published();
      const cut = assert.rejects(process.replicator.verify(world.tableName), CutShort);
      await world.clock.advance(2 * MINUTE);
      assert.ok(world.stage.hasVerify());
      await world.clock.run(Promise.all([end(process), cut]));
      const next = world.start();
      await world.busy(2 * MINUTE);
      assert.ok(!world.stage.hasVerify());
      await next.stop();
    });

    it(`V3: ${how} when all is loaded: nothing is left after the next start`, async () => {
      const { world, process, cut } = await loaded();
      await world.clock.run(Promise.all([end(process), cut]));
      assert.ok(world.stage.hasVerify(), 'nobody was there to end it');
      const next = world.start();
      await world.busy(2 * MINUTE);
      assert.ok(!world.stage.hasVerify());
      await world.untilCaughtUp();
      world.assertEqual();
      await next.stop();
    });
  }

  it('V3: a new generation removes everything of a verify that it interrupts', async () => {
    const { world, process, cut } = await loaded();
    world.replaceTable();
    await world.until(() => world.checkpoint?.generation === 2, HOUR);
    await world.clock.run(cut);
    assert.ok(!world.stage.hasVerify());
    await world.untilCaughtUp();
    world.assertEqual();
    await process.stop();
  });
});
