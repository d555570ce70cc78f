import assert from 'node:assert/strict';
import type { VerifyRecord } from '../../runtime/pipeline/verify-schedule';
import { type Knobs, ServiceError } from '../../simulator';
import { hasVerify, MemoryStore } from '../destinations/memory-store';
import { MemoryStage } from './stage';
import type { Process, ProcessOptions } from './process';
import { HOUR, MINUTE, SECOND, World } from './world';

const EVERY = 6 * HOUR;

/** Polls are rare, so that days pass quickly. */
function worldOf(
  verify: { every: number | undefined; sample: number },
  store: MemoryStore,
  knobs: Partial<Knobs>,
): World {
  return new World({
    seed: 5,
    stage: new MemoryStage(store),
    grain: SECOND,
    knobs,
    settings: {
      verify,
      poll: { minMs: 1_000, maxMs: 30_000, listShardsMs: 30_000, exportMs: 10_000, concurrentReads: 32 },
    },
  });
}

/** A world with a schedule. */
async function scheduled(
  options: ProcessOptions = {},
  { every, sample }: { every: number | undefined; sample: number } = { every: EVERY, sample: 1 },
  store = new MemoryStore(),
): Promise<{ world: World; process: Process }> {
  const world = worldOf({ every, sample }, store, {
    partitions: 2,
    exportFiles: 4,
    exportDurationMs: [5 * MINUTE, 5 * MINUTE],
  });
  await world.prepare();
  for (let id = 0; id < 20; id++) world.put(`still ${id}`, id);
  const process = world.start(options);
  await world.untilCaughtUp();
  return { world, process };
}

const finished = (world: World) => world.heardOf('verify.finished');
const recordOf = (world: World): VerifyRecord => world.checkpoint?.verify ?? {};
/** Exports requested by loads and scheduled verifies. */
const exportsOf = (world: World) => world.heardOf('export.requested').length;
const untilFinished = (world: World, count: number, withinMs: number) =>
  world.until(() => finished(world).length >= count, withinMs, `${count} verifies have finished`);

describe('simulation/verify on a schedule', () => {
  it('V1: each interval has one verify, whose result, coverage and price are events, and nothing is left', async () => {
    const { world, process } = await scheduled({}, { every: EVERY, sample: 0.5 });
    const publishedAt = world.checkpoint!.published!.at;
    const loads = exportsOf(world);
    await untilFinished(world, 2, 3 * EVERY);
    const ends = finished(world).map(({ at }) => at);
    assert.ok(ends[0]! - publishedAt > EVERY / 2 && ends[0]! - publishedAt < EVERY + HOUR);
    const pause = ends[1]! - ends[0]!;
    assert.ok(pause > 0.9 * EVERY && pause < EVERY + HOUR, `${pause / MINUTE} min`);
    for (const { differences, coverage, message, scheduled: asked } of finished(world)) {
      assert.deepEqual([differences, coverage.files, message, asked], [0, 2, undefined, true]);
      assert.ok(coverage.items < coverage.itemsTotal);
    }
    assert.equal(exportsOf(world) - loads, 2);
    assert.ok(world.heardOf('export.requested').every(({ priceUsd }) => priceUsd >= 0));
    const { pipeline: _, message: __, scheduled: ___, ...last } = finished(world).at(-1)!;
    assert.deepEqual(recordOf(world), { last });
    const { next, since } = world.heardOf('verify.scheduled').at(-1)!;
    assert.ok(since === last.at && next > since + 0.9 * EVERY && next <= since + EVERY);
    assert.ok(!world.stage.hasVerify(), 'V3: it left something');
    world.assertEqual();
    await process.stop();
  });

  it('is off unless verify.every is set', async () => {
    const { world, process } = await scheduled({}, { every: undefined, sample: 1 });
    await world.clock.advance(2 * EVERY);
    assert.deepEqual([exportsOf(world), world.heardOf('verify.scheduled')], [1, []]);
    await process.stop();
  });

  it('keeps to its schedule across restarts, however many', async () => {
    const { world, process } = await scheduled();
    await untilFinished(world, 1, 2 * EVERY);
    const [first] = finished(world);
    let present = process;
    for (let restarts = 0; restarts < 5; restarts++) {
      await world.clock.advance(50 * MINUTE);
      await world.clock.run(present.stop());
      await world.clock.advance(MINUTE);
      present = world.start();
    }
    assert.equal(finished(world).length, 1, 'a restart does not begin a verify');
    await untilFinished(world, 2, EVERY);
    const pause = finished(world)[1]!.at - first!.at;
    assert.ok(pause > 0.9 * EVERY && pause < EVERY + HOUR, `${pause / MINUTE} min`);
    await present.stop();
  });

  it('V3: killed in the middle: leaves nothing, and waits longer each time before it pays for another export', async () => {
    const { world, process } = await scheduled();
    const loads = exportsOf(world);
    let present = process;
    const began: number[] = [];
    for (let kills = 1; kills <= 3; kills++) {
      await world.until(() => exportsOf(world) === loads + kills, 2 * EVERY, `export ${kills} is requested`);
      assert.deepEqual(recordOf(world).unfinished?.count, kills);
      began.push(recordOf(world).unfinished!.at);
      assert.ok(world.stage.hasVerify());
      present.kill();
      await world.clock.run(present.outcome);
      present = world.start();
      await world.busy(5 * MINUTE);
      assert.ok(!world.stage.hasVerify(), 'it left something');
    }
    assert.ok(began[1]! - began[0]! >= HOUR && began[1]! - began[0]! < 1.5 * HOUR);
    assert.ok(began[2]! - began[1]! >= 2 * HOUR && began[2]! - began[1]! < 2.5 * HOUR);
    await untilFinished(world, 1, EVERY);
    assert.deepEqual(recordOf(world).unfinished, undefined);
    world.assertEqual();
    await present.stop();
  });

  it('V3, P3: a gap in the middle ends it; none runs in the gap or while the table loads', async () => {
    const { world, process } = await scheduled();
    const loads = exportsOf(world);
    await world.until(() => exportsOf(world) === loads + 1, 2 * EVERY, 'a verify runs');
    world.setStream(false);
    await world.clock.advance(MINUTE);
    world.setStream(true);
    await world.clock.run(process.outcome);
    assert.ok(world.checkpoint?.gap !== undefined);
    const inGap = world.start();
    await world.clock.run(inGap.outcome);
    await world.clock.advance(2 * EVERY);
    assert.equal(exportsOf(world), loads + 1);
    assert.deepEqual(finished(world), []);

    const stillBefore = world.heard.length;
    const next = world.start({ resync: true });
    await world.untilCaughtUp();
    const sinceResync = world.heard.slice(stillBefore).map(({ name }) => name);
    const published = sinceResync.indexOf('pipeline.published');
    assert.ok(published > 0 && !sinceResync.slice(0, published).some((name) => name.startsWith('verify.')));
    assert.equal(recordOf(world).unfinished?.count, 1, 'the resync keeps the record');
    await untilFinished(world, 1, 2 * HOUR);
    assert.ok(!world.stage.hasVerify());
    world.assertEqual();
    await next.stop();
  });

  it('V2: one that fails is reported, harms nothing, and is tried again at the next interval', async () => {
    let refuses = false;
    let refusals = 0;
    const { world, process } = await scheduled({
      beforeCall: (operation) => {
        if (operation !== 'ExportTableToPointInTime' || !refuses) return;
        refusals += 1;
        throw new ServiceError('ValidationException', 'it is not to be', 400);
      },
    });
    refuses = true;
    await world.until(() => refusals === 1, 2 * EVERY, 'a verify fails');
    await world.clock.advance(MINUTE);
    const { failure, next } = world.heardOf('verify.scheduled').at(-1)!;
    assert.match(failure ?? '', /it is not to be/);
    assert.equal(world.heardOf('verify.failed').length, 1);
    assert.ok(next >= world.clock.now() + EVERY - 2 * MINUTE);
    assert.ok(!world.stage.hasVerify(), 'V3: it left something');
    await world.busy(EVERY / 2);
    await world.untilCaughtUp();
    assert.deepEqual([refusals, process.isAlive, world.heardOf('pipeline.failed')], [1, true, []]);
    refuses = false;
    await untilFinished(world, 1, EVERY);
    assert.ok(finished(world)[0]!.at >= next);
    world.assertEqual();
    await process.stop();
  });

  it('never runs beside a verify that a user requested, which also moves the next one', async () => {
    let recording = 0;
    let most = 0;
    const { world, process } = await scheduled({
      disturbance: {
        after: (step) => {
          if (step === 'startVerify') most = Math.max(most, ++recording);
          if (step === 'endVerify') recording -= 1;
        },
      },
    });
    await world.until(() => world.heardOf('verify.scheduled').length > 0, MINUTE, 'one is scheduled');
    const { next } = world.heardOf('verify.scheduled').at(-1)!;
    await world.until(() => world.clock.now() >= next - MINUTE, 2 * EVERY, 'one is about to begin');
    const requested = process.replicator.verify(world.tableName);
    const report = await world.clock.run(requested);
    assert.equal(report.differences, 0);
    await world.clock.advance(HOUR);
    assert.equal(finished(world)[0]?.scheduled, false);
    assert.deepEqual([finished(world).length, most], [1, 1], 'the scheduled one is no longer due');
    const also = [process.replicator.verify(world.tableName), process.replicator.verify(world.tableName)];
    await world.clock.run(Promise.all(also));
    assert.deepEqual([finished(world).length, most], [3, 1]);
    await untilFinished(world, 4, EVERY + HOUR);
    assert.ok(finished(world)[3]!.at - finished(world)[2]!.at > 0.9 * EVERY);
    await process.stop();
  });

  describe('of several tables in one process', () => {
    const TABLES = ['orders', 'customers', 'carts'];

    /** All tables are overdue: each verify is due within the first hour, and takes two. */
    async function overdue() {
      const store = new MemoryStore();
      const world = worldOf({ every: 12 * HOUR, sample: 1 }, store, {
        partitions: 1,
        exportFiles: 1,
        exportDurationMs: [2 * HOUR, 2 * HOUR],
      });
      const [table] = world.settings.tables;
      const tables = TABLES.map((name) => ({ ...table!, name, destinationTable: name }));
      Object.assign(world.settings, { tables });
      await world.prepare();
      for (const name of TABLES.slice(1)) {
        world.simulator.call('dynamodb', 'CreateTable', {
          TableName: name,
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        });
        await world.clock.advance(2 * MINUTE);
        world.simulator.call('dynamodb', 'UpdateContinuousBackups', {
          TableName: name,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        });
      }
      await world.clock.advance(10 * MINUTE);
      const loading = world.start();
      await world.until(
        () => world.heardOf('pipeline.published').length === TABLES.length,
        6 * HOUR,
        'all load',
      );
      await world.clock.run(loading.stop());
      await world.clock.advance(12 * HOUR);
      const most = { verifies: 0 };
      const process = world.start({
        disturbance: {
          after: (step) => {
            if (step !== 'startVerify') return;
            const now = [...store.pipelines.values()].filter(hasVerify).length;
            most.verifies = Math.max(most.verifies, now);
          },
        },
      });
      return { world, process, most };
    }

    it('V2: tables that are due together are verified one at a time', async () => {
      const { world, process, most } = await overdue();
      await untilFinished(world, TABLES.length, 12 * HOUR);
      const verified = finished(world).map(({ pipeline }) => pipeline.split('/').at(-1));
      assert.deepEqual([verified.sort(), most.verifies], [[...TABLES].sort(), 1]);
      const waits = world
        .heardOf('verify.progress')
        .filter(({ stage }) => stage.includes('of another table'));
      assert.ok(waits.length > 0, 'a wait is reported');
      await process.stop();
    });

    it('V2: a verify that a user requests does not wait for scheduled ones', async () => {
      const { world, process } = await overdue();
      await world.until(() => world.heardOf('verify.progress').length > 0, 2 * HOUR, 'one runs');
      const { pipeline } = world.heardOf('verify.progress').at(-1)!;
      const other = TABLES.find((name) => !pipeline.endsWith(`/${name}`))!;
      const report = await world.clock.run(process.replicator.verify(other));
      assert.equal(report.differences, 0);
      assert.ok(finished(world).length <= 2, 'it did not wait until all the others were verified');
      await process.stop();
    });

    it('V2: a stop ends the scheduled verifies that wait at once', async () => {
      const { world, process } = await overdue();
      await world.clock.advance(2 * HOUR);
      const stoppedAt = world.clock.now();
      await world.clock.run(process.stop());
      assert.ok(world.clock.now() - stoppedAt < MINUTE);
    });
  });

  it('reports differences with the commands that show and repair them, and no keys', async () => {
    const store = new MemoryStore();
    const { world, process } = await scheduled({}, undefined, store);
    const lost = 'still 7';
    // As if somebody had deleted it by hand.
    for (const { tables } of store.pipelines.values())
      for (const key of tables.visible.keys()) if (key.endsWith(lost)) tables.visible.delete(key);
    await untilFinished(world, 1, 2 * EVERY);
    const [found] = finished(world);
    assert.equal(found!.differences, 1);
    assert.match(
      found!.message ?? '',
      /1 key of table orders differs.*dynamodb-replicator verify --table orders .*dynamodb-replicator resync --table orders /,
    );
    assert.ok(!JSON.stringify(found).includes(lost));
    assert.equal(recordOf(world).last?.differences, 1);
    await process.stop();
  });
});
