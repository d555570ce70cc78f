import assert from 'node:assert/strict';
import { type Applier, beforeEachApplier } from './applier';
import { HOUR, MINUTE, SECOND } from './arrivals';
import type { FakeStream } from './fake-stream';

describe('runtime/stream/shard-lister', () => {
  let applier: Applier;
  let stream: FakeStream;

  beforeEachApplier((fresh) => {
    applier = fresh;
    stream = fresh.stream;
  });

  it('S3: lists every 15–30 s, and about every second at first while a child is awaited', async () => {
    await applier.start();
    await applier.applyFor(10 * MINUTE);
    const gaps = stream.listings.slice(2).map((at, index) => at - stream.listings[index + 1]!);
    assert.ok(
      gaps.length > 18 && gaps.every((gap) => gap >= 15 * SECOND && gap <= 32 * SECOND),
      String(gaps),
    );

    stream.close('A');
    await applier.applyFor(10 * SECOND);
    const before = stream.listings.length;
    assert.deepEqual(applier.graph.awaiting(), ['A']);
    stream.open('B', 'A');
    await applier.applyFor(15 * SECOND);
    assert.deepEqual(applier.graph.awaiting(), []);
    assert.ok(stream.listings.length > before);
    assert.ok(applier.readsOf('B').length > 0);
  });

  describe('with three pages of shards', () => {
    beforeEach(() => {
      for (let index = 100; index < 350; index++) stream.open(`A${index}`);
    });

    it('W1: the next listing begins after four times the duration of the last one', async () => {
      stream.latencyMs = 3_000;
      await applier.start();
      await applier.applyFor(10 * MINUTE);
      const gaps = stream.listings.slice(2).map((at, index) => at - stream.listings[index + 1]!);
      assert.ok(
        gaps.length > 5 && gaps.every((gap) => gap >= 45 * SECOND && gap < 48 * SECOND),
        String(gaps),
      );
    });
  });

  it('W1: the next listing begins after ten minutes at the latest, even if an answer was hours late', async () => {
    await applier.start();
    await applier.applyFor(MINUTE);
    stream.latencyMs = 5 * HOUR;
    await applier.applyFor(5 * HOUR);
    stream.latencyMs = 10;
    await applier.applyFor(HOUR);
    const before = stream.listings.length;
    await applier.applyFor(5 * HOUR);
    assert.ok(stream.listings.length - before > 100, String(stream.listings.length - before));
  });

  it('S3: a stream whose last shards stay without children is not listed more and more often', async () => {
    stream.close('A');
    stream.status = 'DISABLED';
    await applier.start();
    await applier.applyFor(10 * MINUTE);
    assert.equal(applier.graph.drained(), true);
    assert.ok(stream.listings.length < 50, String(stream.listings.length));
    assert.equal(applier.readsOf('A').length, 1);
  });
});
