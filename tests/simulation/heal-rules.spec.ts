import assert from 'node:assert/strict';
import { gzipSync, gunzipSync } from 'node:zlib';
import { CommitOutcomeUnknown } from '../../runtime/destinations/errors';
import { GapNotHealed } from '../../runtime/pipeline/heal/close-gap';
import { ServiceError } from '../../simulator';
import { downtime } from './gap-variants';
import { failures, following, healed, published, untilHealed } from './healing-world';
import { HOUR, MINUTE, SECOND, type World, type WorldOptions } from './world';

/** Each item has its own cut at each edge of each window, as far from it as AWS allows, or none. */
const WORST_CUTS = { exportCut: 'edges', exportEdges: 'independent' } as const;
const WINDOW = 24 * HOUR;

/** F: five minutes before L, rounded down to the minute. */
const startOfHeal = (world: World) =>
  Math.floor((world.checkpoint!.graph.watermark - 5 * MINUTE) / MINUTE) * MINUTE;

/** Calls `work` once in each `everyMs` until `end`. */
async function eachUntil(world: World, end: number, everyMs: number, work: (turn: number) => void) {
  for (let turn = 0; world.clock.now() < end; turn++) {
    work(turn);
    await world.clock.advance(everyMs);
  }
}

/** Nothing is written meanwhile, so that the stream brings no key. */
async function untilHealedQuietly(world: World): Promise<void> {
  const end = world.clock.now() + 12 * HOUR;
  while (healed(world).length === 0 && world.clock.now() < end) await world.clock.advance(MINUTE);
  assert.equal(healed(world).length, 1, failures(world).at(-1)?.message);
  await world.untilCaughtUp();
}

function followingWithWorstCuts(options: WorldOptions = {}) {
  return following({ ...options, knobs: { ...WORST_CUTS, ...options.knobs } });
}

describe('simulation/heal rules', () => {
  it('G3: writes around the start of a heal: none is lost, however each item is cut', async () => {
    const { world, process: earlier } = await followingWithWorstCuts();
    earlier.kill();
    const [shard] = world.simulator.openShards(world.tableName);
    let isStuck = false;
    const process = world.start({
      beforeCall: (operation, subject) => {
        if (isStuck && operation === 'GetRecords' && subject === shard)
          throw new ServiceError('InternalServerError', 'by the test', 500);
      },
    });
    // L is right after the start of a minute, and right before writes that are not applied.
    const minute = Math.ceil((world.clock.now() + 8 * MINUTE) / MINUTE) * MINUTE;
    await eachUntil(world, minute + 5 * SECOND, SECOND, (turn) => world.put(`early-${turn}`, turn));
    isStuck = true;
    await eachUntil(world, world.clock.now() + 2 * MINUTE, SECOND, (turn) => world.put(`late-${turn}`, turn));
    process.kill();
    await eachUntil(world, world.clock.now() + 9 * MINUTE, SECOND, (at) => world.delete(`early-${at}`));
    const next = await downtime(world, process, 25 * HOUR);
    await untilHealed(world);
    world.assertEqual();
    const [heal] = healed(world);
    assert.ok(heal!.deleted >= 10, 'some keys had no line');
    await next.stop();
  });

  it('G3: writes of one key at the edge of two windows: none is lost, however each item is cut', async () => {
    const { world, process } = await followingWithWorstCuts();
    for (let i = 0; i < 300; i++) world.put(`old-${i}`, i);
    await world.untilCaughtUp();
    process.kill();
    const edge = startOfHeal(world) + WINDOW;
    await world.busy(edge - 6 * MINUTE - world.clock.now());
    await eachUntil(world, edge + 4 * MINUTE, SECOND, (turn) => {
      world.put(`old-${turn}`, 1_000 + turn);
      world.put(`brief-${turn}`, turn);
      if (turn >= 40) world.delete(`brief-${turn - 40}`);
    });
    const next = await downtime(world, process, 3 * HOUR);
    await untilHealed(world);
    world.assertEqual();
    assert.equal(healed(world)[0]!.windows, 2);
    await next.stop();
  });

  it('G3: windows are fixed once: after a kill the same exports are awaited, and nothing is paid for twice', async () => {
    const { world, process } = await following({ knobs: { exportDurationMs: [HOUR, HOUR] } });
    const first = await downtime(world, process, 50 * HOUR);
    const requested = () => world.checkpoint?.heal?.windows.filter(({ arn }) => arn !== undefined) ?? [];
    await world.until(() => requested().length === 3);
    const windows = requested();
    const next = await downtime(world, first, 2 * HOUR);
    await world.until(() => world.heardOf('export.completed').length === 4);
    assert.deepEqual(requested(), windows);
    await untilHealed(world);
    world.assertEqual();
    assert.equal(world.heardOf('heal.requested').length, 1);
    await next.stop();
  });

  it('G3: nothing is kept of a heal that another gap has ended', async () => {
    const { world, process } = await following();
    await downtime(world, process, 25 * HOUR, undefined, false);
    world.put('brief', 1);
    await world.clock.advance(10 * MINUTE);
    const first = world.start({
      disturbance: {
        before: (step) => {
          if (step === 'findKeys') first.kill();
        },
      },
    });
    await world.until(() => !first.isAlive);
    assert.ok(world.stage.loadedFiles().length > 0, 'lines are staged');
    world.delete('brief');
    world.setStream(false);
    await world.busy(MINUTE);
    world.setStream(true);
    const next = world.start();
    await untilHealedQuietly(world);
    world.assertEqual();
    assert.equal(world.heardOf('heal.requested').length, 2);
    await next.stop();
  });

  it('G3: right after the first publish, rows of the export have no time, so all of them are read again', async () => {
    const { world, process } = await published({ keys: 20 });
    const rows = world.visible().size;
    process.kill();
    await world.clock.advance(25 * HOUR);
    const next = world.start();
    await untilHealedQuietly(world);
    world.assertEqual();
    assert.ok(rows > 0);
    assert.equal(healed(world)[0]!.reread, rows);
    await next.stop();
  });

  for (const [slow, readUnitsPerSecond] of [
    ['the exports', 40_000],
    ['reading keys again', 1],
  ] as const)
    it(`G4: is published when W has passed U by 62 s and the last read by 2 s; slowest are ${slow}`, async () => {
      const { world, process } = await published({
        keys: 200,
        knobs: { exportDurationMs: [SECOND, SECOND] },
        settings: {
          heal: { maxUsd: 50, readUnitsPerSecond },
          poll: { minMs: 250, maxMs: 1_000, listShardsMs: 15_000, exportMs: 1_000 },
        } as never,
      });
      process.kill();
      await world.clock.advance(25 * HOUR);
      const margins: { past: number; pastReads: number }[] = [];
      const next = world.start({
        disturbance: {
          before: (step) => {
            if (step !== 'publishHeal') return;
            const { graph, heal } = world.checkpoint!;
            const watermark = graph.watermark;
            margins.push({
              past: watermark - heal!.windows.at(-1)!.to,
              pastReads: watermark - heal!.rereadAt!,
            });
          },
        },
      });
      await untilHealedQuietly(world);
      world.assertEqual();
      for (const { past, pastReads } of margins) {
        assert.ok(past >= 62 * SECOND, `${past} ms after U`);
        assert.ok(pastReads >= 2 * SECOND, `${pastReads} ms after the reads`);
      }
      await next.stop();
    });

  it('G3, G4: the latest line of a key wins, and the files of every window are needed', async () => {
    const { world, process } = await following({ keys: 30, knobs: { exportFiles: 3 } });
    const next = await downtime(world, process, 50 * HOUR);
    await untilHealedQuietly(world);
    world.assertEqual();
    const [, ...incremental] = world.heardOf('export.completed');
    const items = incremental.map((completed) => completed.items);
    assert.equal(items.length, 3);
    for (const count of items) assert.ok(count > 0);
    assert.equal(
      healed(world)[0]!.lines,
      items.reduce((sum, count) => sum + count, 0),
    );
    await next.stop();
  });

  it('G3, X1: a file that arrives damaged is read again, and nothing of it is kept', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    const reads = new Map<string, number>();
    let repair: (() => void) | undefined;
    const { s3 } = world.simulator;
    const next = world.start({
      beforeCall: (operation, key) => {
        repair?.();
        repair = undefined;
        if (operation !== 'GetObject' || key === undefined || !/\/data\/.*\.json\.gz$/.test(key)) return;
        const times = (reads.get(key) ?? 0) + 1;
        reads.set(key, times);
        if (times !== 1) return;
        const { body } = s3.getObject(world.bucket, key);
        const damaged = gunzipSync(body)
          .toString()
          .replace(/"v":\{"N":"\d+"\}/g, '"v":{"N":"-1"}');
        repair = () => s3.putObject(world.bucket, key, Buffer.from(body));
        s3.putObject(world.bucket, key, gzipSync(damaged));
      },
    });
    await untilHealed(world);
    world.assertEqual();
    assert.ok([...reads.values()].every((times) => times === 2));
    const retries = world.heardOf('aws.retry').filter(({ operation }) => operation === 'GetObject');
    assert.ok(retries.length > 0);
    for (const { message } of retries) assert.match(message, /the gap will be healed by other exports/);
    await next.stop();
  });

  for (const step of ['stage', 'publishHeal'] as const)
    it(`G3, C3: when the answer of ${step} is lost, what was committed is not repeated`, async () => {
      const { world, process } = await following();
      process.kill();
      await world.busy(25 * HOUR);
      let lost = 0;
      const next = world.start({
        disturbance: {
          after: (done) => {
            if (done === step && lost++ === 0) throw new CommitOutcomeUnknown();
          },
        },
      });
      await untilHealedQuietly(world);
      world.assertEqual();
      assert.ok(lost > 0 && next.isAlive);
      await next.stop();
    });

  it('G3: three heals, each followed by another gap within a day, are enough: then it waits for a resync', async () => {
    const { world, process } = await following();
    let next = process;
    for (let heal = 1; heal <= 3; heal++) {
      next = await downtime(world, next, 25 * HOUR);
      await untilHealed(world, heal);
    }
    next = await downtime(world, next, 25 * HOUR);
    await world.busy(7 * HOUR);
    const error = failures(world).at(-1);
    assert.ok(error instanceof GapNotHealed, String(error?.stack));
    assert.match(error.message, /3 heals in a row .*resync/s);
    assert.equal(healed(world).length, 3);
    await world.clock.run(next.replicator.resync(world.tableName));
    await world.untilCaughtUp();
    next = await downtime(world, next, 25 * HOUR);
    await untilHealed(world, 4);
    world.assertEqual();
    await next.stop();
  });
});
