import assert from 'node:assert/strict';
import { type Applier, beforeEachApplier } from './applier';
import { MINUTE, SECOND } from './arrivals';
import { type FakeStream, fault } from './fake-stream';

describe('runtime/stream: throttling', () => {
  let applier: Applier;
  let stream: FakeStream;

  beforeEachApplier((fresh) => {
    applier = fresh;
    stream = fresh.stream;
  });

  const throttled = (count: number) => {
    for (let index = 0; index < count; index++) stream.open(`T${String(index).padStart(2, '0')}`);
  };

  it('reads no more shards concurrently than allowed', async () => {
    throttled(40);
    await applier.start({ concurrentReads: 4 });
    await applier.applyFor(10 * SECOND);
    assert.equal(stream.mostReadsUnderWay, 4);
  });

  it('halves the concurrent reads when they are throttled, and recovers', async () => {
    throttled(40);
    stream.latencyMs = 300;
    let isThrottled = true;
    stream.inject = (operation) => {
      if (isThrottled && operation === 'GetRecords')
        throw fault('LimitExceededException', 'retry', 'throttled');
    };
    await applier.start({ concurrentReads: 16 });
    await applier.applyFor(20 * SECOND);
    stream.mostReadsUnderWay = 0;
    await applier.applyFor(5 * SECOND);
    assert.ok(stream.mostReadsUnderWay <= 4, String(stream.mostReadsUnderWay));
    isThrottled = false;
    await applier.applyFor(5 * MINUTE);
    for (const id of stream.shards.keys()) stream.write(id, 3000);
    await applier.applyFor(MINUTE);
    assert.equal(stream.mostReadsUnderWay, 16);
    assert.equal(applier.kept.length, 3000 * stream.shards.size);
  });
});
