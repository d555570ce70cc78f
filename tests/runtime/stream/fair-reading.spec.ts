import assert from 'node:assert/strict';
import { ReadScheduler } from '../../../runtime/stream/read-scheduler';
import { readLimits } from '../../../runtime/stream/read-limits';
import { full } from '../../tiers/tier';
import { VirtualClock } from '../../simulation/virtual-clock';
import { Applier } from './applier';
import { MINUTE, SECOND } from './arrivals';

const MiB = 1024 * 1024;

describe('runtime/stream: reading is fair', () => {
  let applier: Applier;

  beforeEach(() => (applier = new Applier(new VirtualClock(undefined, 50))));
  afterEach(async () => {
    if (applier.poller) await applier.clock.run(applier.poller.stop());
  });

  const idOf = (index: number) => `S${String(index).padStart(4, '0')}`;
  const open = (count: number) => {
    for (let index = 0; index < count; index++) applier.stream.open(idOf(index));
  };

  /** Writes to a shard all the time. Returns the number of records. */
  async function write(shardId: string, perSecond: number, seconds: number): Promise<void> {
    for (let tick = 0; tick < seconds * 10; tick++) {
      applier.stream.write(shardId, perSecond / 10);
      await applier.clock.sleep(100);
    }
  }

  for (const [shards, idleReadsPerSecond, test] of [
    [400, 20, it],
    [4_000, 200, full.it],
  ] as const) {
    test(`a hot shard among ${shards} is read as fast as it is written to`, async () => {
      open(shards);
      await applier.start({ idleReadsPerSecond });
      await applier.applyFor(MINUTE);
      const writing = write('S0200', 1_000, 30);
      await applier.applyFor(30 * SECOND);
      await writing;
      await applier.applyFor(SECOND);
      assert.equal(applier.kept.length, 30_000);
      const reads = applier.readsOf('S0200').filter((at) => at > applier.clock.now() - 20 * SECOND);
      assert.ok(reads.length >= 60 && reads.length <= 85, `${reads.length} reads in 20 s`);
    });

    test(`${shards} idle shards are read ${idleReadsPerSecond} times a second together, each about every 20 s`, async () => {
      open(shards);
      await applier.start({ idleReadsPerSecond });
      await applier.applyFor(MINUTE);
      const from = applier.clock.now();
      const before = applier.stream.reads.length;
      await applier.applyFor(MINUTE);
      const reads = applier.stream.reads.slice(before);
      assert.ok(reads.length <= idleReadsPerSecond * 60 + 25, `${reads.length} reads in a minute`);
      const counts = new Map<string, number>();
      for (const { shardId } of reads) counts.set(shardId, (counts.get(shardId) ?? 0) + 1);
      assert.equal(counts.size, shards);
      assert.ok(Math.min(...counts.values()) >= 2);
      const age = applier.clock.now() - applier.graph.watermark();
      assert.ok(age < 130 * SECOND, `W is ${age} ms old`);
      assert.ok(applier.poller.slowestReadAt() >= from + MINUTE - 25 * SECOND);
    });
  }

  for (const everySeconds of [1, 10, 60]) {
    it(`a hot shard is read as fast as it is written, among 400 with a record every ${everySeconds} s`, async () => {
      open(400);
      applier.stream.open('hot');
      // 125 reads a second, fewer than the others would need.
      applier.stream.latencyMs = 16;
      await applier.start({ concurrentReads: 2, idleReadsPerSecond: 20 });
      let written = 0;
      for (let tick = 0; tick < 100; tick++) {
        for (let i = 0; i < 200 / everySeconds; i++) applier.stream.write(idOf((written += 1) % 400), 1);
        applier.stream.write('hot', 500);
        await applier.applyFor(SECOND / 2);
      }
      await applier.applyFor(5 * SECOND);
      const kept = applier.kept.filter((record) => record.startsWith('hot:')).length;
      assert.ok(kept >= 47_000, `${kept} of 50,000 records, the last of which is five seconds old`);
    });
  }

  it('an idle shard is read although others always have records', async () => {
    open(10);
    applier.stream.latencyMs = 200;
    await applier.start({ concurrentReads: 2 });
    const ids = [...applier.stream.shards.keys()];
    for (const id of ids.slice(0, 8)) applier.stream.write(id, 25_000);
    await applier.applyFor(15 * SECOND);
    for (const id of ids.slice(8)) {
      assert.ok(applier.readsOf(id).length >= 4, `${id}: ${applier.readsOf(id).length}`);
    }
  });

  it('a table whose destination takes nothing leaves memory for others', async () => {
    const { clock } = applier;
    const limits = { concurrentReads: 8, idleReadsPerSecond: 200 };
    const scheduler = new ReadScheduler({ clock, queueBytes: 8 * MiB, ...limits });
    const stuck = new Applier(clock);
    for (const each of [stuck, applier]) {
      each.stream.recordBytes = 1_000;
      for (const id of ['A', 'B', 'C', 'D']) each.stream.open(id);
      for (const id of ['A', 'B', 'C', 'D']) each.stream.write(id, 20_000);
    }
    await stuck.start({ scheduler });
    await clock.advance(MINUTE);
    assert.ok(stuck.stream.reads.length < 20, 'its memory is bounded');
    await applier.start({ scheduler });
    await applier.applyFor(MINUTE);
    assert.equal(applier.kept.length, 80_000);
    await stuck.applyFor(MINUTE);
    assert.equal(stuck.kept.length, 80_000);
    await clock.run(stuck.poller.stop());
  });

  it('uses no more memory than allowed, even for first pages', async () => {
    open(24);
    const { clock } = applier;
    const scheduler = new ReadScheduler({
      clock,
      queueBytes: 8 * MiB,
      concurrentReads: 16,
      idleReadsPerSecond: 200,
    });
    // The largest possible pages, four times as large as expected from their answers.
    applier.stream.recordBytes = 1_000;
    applier.stream.answerBytes = 80;
    for (const id of applier.stream.shards.keys()) applier.stream.write(id, 5_000);
    await applier.start({ scheduler });
    await clock.advance(MINUTE);
    const pageBytes = 1_000 * 1_000 + 512;
    const answersBytes = 16 * 1_000 * 80;
    assert.ok(scheduler.usedBytes <= 8 * MiB + answersBytes + pageBytes, String(scheduler.usedBytes));
    await applier.applyFor(2 * MINUTE);
    assert.equal(applier.kept.length, 24 * 5_000);
    await applier.clock.run(applier.poller.stop());
    assert.equal(scheduler.usedBytes, 0);
  });

  it('sends as many concurrent requests as the setting allows; by default that depends on the cores', () => {
    const reads = (setting: number | undefined, cores: number) => readLimits(setting, cores).concurrentReads;
    assert.deepEqual(
      [reads(5, 2), reads(undefined, 1), reads(undefined, 2), reads(undefined, 16)],
      [5, 16, 32, 64],
    );
  });
});
