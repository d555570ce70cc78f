import assert from 'node:assert/strict';
import { Gap } from '../../../runtime/stream/gap';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { Applier } from './applier';
import { HOUR, MINUTE, record, SECOND, sequence } from './arrivals';
import { type FakeStream, fault } from './fake-stream';

describe('runtime/stream/poller', () => {
  let applier: Applier;
  let stream: FakeStream;

  beforeEach(() => {
    applier = new Applier();
    stream = applier.stream;
    stream.open('A');
  });

  afterEach(async () => {
    if (applier.poller) await applier.clock.run(applier.poller.stop());
  });

  it('S1 S3: reads shards, then their children, and applies each record once', async () => {
    stream.open('B');
    stream.write('A', 2500);
    stream.write('B', 3);
    await applier.start();
    await applier.applyFor(2 * SECOND);
    assert.equal(applier.kept.length, 2503);
    stream.close('A');
    stream.open('C', 'A');
    stream.write('C', 10);
    await applier.applyFor(40 * SECOND);
    assert.equal(applier.kept.length, 2513);
    assert.equal(new Set(applier.kept).size, 2513);
    const firstOfChild = applier.kept.findIndex((key) => key.startsWith('C'));
    assert.ok(applier.kept.slice(firstOfChild).every((key) => !key.startsWith('A')));
    assert.equal(applier.graph.shards.get('A')?.stage, 'succeeded');
  });

  it('S1: a child is not read before the end of its parent has been applied', async () => {
    stream.write('A', 1);
    stream.close('A');
    stream.open('B', 'A');
    await applier.start();
    await applier.clock.advance(MINUTE);
    assert.equal(applier.readsOf('B').length, 0, 'read ahead of the applier');
    await applier.applyFor(SECOND);
    assert.ok(applier.readsOf('B').length > 0);
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

    it('W1: the next listing begins after four times what the last one took', async () => {
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

  it('W1: the next listing begins after ten minutes at the latest, though an answer was hours late', async () => {
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

  it('S3: a stream whose last shards stay without children is not listed ever faster', async () => {
    stream.close('A');
    stream.status = 'DISABLED';
    await applier.start();
    await applier.applyFor(10 * MINUTE);
    assert.equal(applier.graph.drained(), true);
    assert.ok(stream.listings.length < 50, String(stream.listings.length));
    assert.equal(applier.readsOf('A').length, 1);
  });

  it('polls an idle shard ever more slowly, 250 ms up to 5 s, and a busy one fast again', async () => {
    await applier.start();
    await applier.applyFor(5 * MINUTE);
    const reads = applier.readsOf('A');
    const pauses = reads.slice(1).map((at, index) => at - reads[index]!);
    assert.ok(Math.min(...pauses) >= 250, 'never faster than 4 a second');
    assert.ok(pauses.slice(0, 3).every((pause) => pause < 700));
    assert.ok(pauses.slice(-20).every((pause) => pause > 4 * SECOND && pause <= 5.1 * SECOND));

    const writing = (async () => {
      for (let count = 0; count < 100; count++) {
        stream.write('A');
        await applier.clock.sleep(200);
      }
    })();
    await applier.applyFor(20 * SECOND);
    await writing;
    const busy = applier.readsOf('A').filter((at) => at > reads.at(-1)! + 10 * SECOND);
    assert.ok(busy.length > 30, String(busy.length));
  });

  it('reads a backlog without a pause', async () => {
    stream.write('A', 50_000);
    await applier.start();
    await applier.applyFor(2 * SECOND);
    assert.equal(applier.kept.length, 50_000);
  });

  it('W1: three empty pages and a listing carry the watermark of an idle stream', async () => {
    await applier.start();
    await applier.applyFor(10 * MINUTE);
    const age = applier.clock.now() - applier.graph.watermark();
    assert.ok(age >= MINUTE && age <= MINUTE + 35 * SECOND, `${age} ms`);
  });

  it('W1: an idle shard was so when the first of the last three empty answers was asked for', async () => {
    await applier.start();
    await applier.clock.advance(30 * SECOND);
    const pages = await applier.clock.run(applier.takeOnce());
    const page = pages.find((arrival) => arrival.kind === 'page');
    assert(page?.kind === 'page');
    assert.equal(page.idleSince, applier.readsOf('A').at(-3)! - stream.latencyMs);
  });

  it('idle shards do not fill the queue, nor wake the applier', async () => {
    for (let index = 0; index < 50; index++) stream.open(`I${index}`);
    await applier.start({ queueBytes: 8 * 1024 * 1024 });
    await applier.clock.advance(10 * MINUTE);
    assert.ok(applier.readsOf('A').length > 100);
    const taken = await applier.clock.run(applier.takeOnce());
    assert.equal(taken.length, 52, 'one page a shard, one listing');
    const before = applier.clock.elapsedMs();
    await applier.clock.run(applier.takeOnce());
    assert.ok(applier.clock.elapsedMs() - before >= 500);
  });

  it('the queue is bounded: readers wait for the applier, and nothing is lost', async () => {
    const queueBytes = 1024 * 1024;
    stream.recordBytes = 400;
    for (const id of ['B', 'C', 'D', 'E']) stream.open(id);
    for (const id of stream.shards.keys()) stream.write(id, 10_000);
    await applier.start({ queueBytes });
    await applier.clock.advance(MINUTE);
    const pageBytes = 1000 * 400 + 512;
    // Each of five readers may once be wrong about the size of its first page.
    assert.ok(stream.reads.length * pageBytes <= queueBytes + 5 * pageBytes, String(stream.reads.length));
    const stuckAt = stream.reads.length;
    await applier.clock.advance(5 * MINUTE);
    assert.equal(stream.reads.length, stuckAt);
    await applier.applyFor(MINUTE);
    assert.equal(applier.kept.length, 50_000);
  });

  it('a page larger than the whole queue still gets in', async () => {
    stream.recordBytes = 800_000;
    stream.write('A', 3);
    await applier.start({ queueBytes: 1000 });
    await applier.applyFor(10 * SECOND);
    assert.equal(applier.kept.length, 3);
  });

  it('S5: an iterator that expired while the queue was full is renewed after the last record queued', async () => {
    const renewed: string[] = [];
    applier.events.on('stream.iteratorRenewed', ({ shardId }) => renewed.push(shardId));
    stream.recordBytes = 1000;
    stream.write('A', 5_500);
    await applier.start({ queueBytes: 2 * 1024 * 1024 });
    await applier.clock.advance(20 * MINUTE);
    await applier.applyFor(MINUTE);
    assert.equal(applier.kept.length, 5_500);
    assert.deepEqual(renewed, ['A']);
    const [first, second] = stream.iterators;
    assert.equal(first?.position, 'TRIM_HORIZON');
    assert.ok(typeof second?.position === 'object');
    const pages = applier.arrivals.flatMap((arrival) => (arrival.kind === 'page' ? arrival.records : []));
    assert.equal(pages.length, 5_500, 'nothing was read twice');
  });

  it('S5: reading starts after the committed position', async () => {
    stream.write('A', 5);
    await applier.start();
    await applier.applyFor(SECOND);
    const position = applier.graph.shards.get('A')?.position;
    await applier.clock.run(applier.poller.stop());
    const { graph } = applier;
    stream.iterators.length = 0;
    applier.begin(graph);
    await applier.clock.advance(SECOND);
    assert.deepEqual(stream.iterators[0], { shardId: 'A', position: { after: position } });
  });

  for (const [code, reason] of [
    ['TrimmedDataAccessException', 'trimmed'],
    ['ResourceNotFoundException', 'shard gone'],
  ] as const) {
    for (const operation of ['GetShardIterator', 'GetRecords']) {
      it(`G1: ${code} of ${operation} is a gap`, async () => {
        stream.write('A');
        await applier.start();
        await applier.applyFor(SECOND);
        stream.inject = (called) => {
          if (called === operation) throw fault(code);
        };
        await applier.restart();
        await assert.rejects(applier.applyFor(MINUTE), (error) => {
          assert.ok(error instanceof Gap);
          assert.equal(error.reason, reason);
          assert.equal(error.shardId, 'A');
          assert.equal(error.from, applier.graph.watermark());
          return true;
        });
      });
    }
  }

  it('A2: a position that is trimmed while nothing was kept is read again from the trim horizon', async () => {
    const old = applier.clock.now() - HOUR;
    const { records } = stream.shards.get('A')!;
    records.push(record(0, old), record(1, old));
    await applier.start();
    await applier.applyFor(SECOND);
    stream.inject = (operation) => {
      if (operation === 'GetRecords') {
        stream.inject = () => undefined;
        throw fault('TrimmedDataAccessException');
      }
    };
    records.splice(0, 2);
    stream.write('A', 3);
    await applier.applyFor(MINUTE);
    assert.deepEqual(
      stream.iterators.map(({ position }) => position),
      ['TRIM_HORIZON', 'TRIM_HORIZON'],
    );
  });

  it('A2: a shard that leaves before it was read counts as read while nothing was kept: its child is read', async () => {
    stream.close('A');
    stream.open('B', 'A');
    stream.write('B', 2);
    await applier.start();
    stream.shards.delete('A');
    await applier.applyFor(MINUTE);
    assert.deepEqual(applier.kept, [`B:${sequence(0)}`, `B:${sequence(1)}`]);
    assert.equal(applier.graph.shards.get('A')?.stage, 'succeeded');
  });

  it('A2: when many shards have left, it is asked once for all of them whether their stream is there', async () => {
    for (let index = 100; index < 140; index++) {
      stream.open(`L${index}`);
      stream.close(`L${index}`);
    }
    await applier.start();
    for (let index = 100; index < 140; index++) stream.shards.delete(`L${index}`);
    const before = stream.listings.length;
    await applier.applyFor(10 * SECOND);
    assert.deepEqual(
      applier.graph.readable().map(({ id }) => id),
      ['A'],
    );
    const asked = stream.listings.length - before;
    assert.ok(asked <= 5, `DescribeStream was asked ${asked} times`);
  });

  it('A2: a shard that counts as read, as listings lack it, is not read any more', async () => {
    stream.open('L');
    stream.write('L', 3);
    stream.close('L');
    stream.open('M', 'L');
    await applier.start();
    let fails = true;
    stream.inject = (operation, shardId) => {
      if (fails && operation === 'GetRecords' && shardId === 'L')
        throw fault('InternalServerError', 'retry', 'soon');
    };
    stream.hidden.add('L');
    await applier.applyFor(2 * MINUTE);
    assert.notEqual(applier.graph.shards.get('L')?.stage, 'open');
    fails = false;
    await applier.applyFor(2 * MINUTE);
    assert.deepEqual(applier.readsOf('L'), []);
    assert.ok(!applier.kept.some((record) => record.startsWith('L:')), String(applier.kept));
    assert.ok(applier.readsOf('M').length > 0);
  });

  it('A2: it is a gap when its stream is not found either', async () => {
    stream.close('A');
    await applier.start();
    stream.inject = () => {
      throw fault('ResourceNotFoundException');
    };
    await assert.rejects(
      applier.applyFor(MINUTE),
      (error) => error instanceof Gap && error.reason === 'stream gone',
    );
  });

  it('G1: a stream that is gone is a gap', async () => {
    await applier.start();
    stream.inject = (operation) => {
      if (operation === 'DescribeStream') throw fault('ResourceNotFoundException');
    };
    await assert.rejects(
      applier.applyFor(MINUTE),
      (error) => error instanceof Gap && error.reason === 'stream gone',
    );
  });

  it('G1: a disabled stream that was read to its end may go: the poller waits', async () => {
    stream.write('A', 3);
    stream.close('A');
    stream.status = 'DISABLED';
    await applier.start();
    await applier.applyFor(MINUTE);
    stream.inject = (operation) => {
      if (operation === 'DescribeStream') throw fault('ResourceNotFoundException');
    };
    await applier.applyFor(48 * 60 * MINUTE);
    assert.equal(applier.kept.length, 3);
    assert.equal(applier.graph.drained(), true);
  });

  it('G1: is asked before each read, and what it throws ends the polling', async () => {
    let asked = 0;
    const gap = new Gap('too old', 0, 1);
    let isTooOld = false;
    const beforeRead = () => {
      asked += 1;
      if (isTooOld) throw gap;
    };
    await applier.start({ beforeRead });
    await applier.applyFor(MINUTE);
    assert.ok(asked - stream.reads.length <= 1 && asked >= stream.reads.length, `${asked} times`);
    const readsBefore = stream.reads.length;
    isTooOld = true;
    await assert.rejects(applier.applyFor(MINUTE), gap);
    assert.ok(stream.reads.length <= readsBefore + 1);
    await assert.rejects(applier.clock.run(applier.takeOnce()), gap, 'and every later take');
  });

  it('a fault that was not mended beneath ends the polling with that fault', async () => {
    const denied = fault('AccessDeniedException');
    await applier.start();
    await applier.applyFor(SECOND);
    stream.inject = () => {
      throw denied;
    };
    await assert.rejects(applier.applyFor(MINUTE), denied);
  });

  describe('throttling', () => {
    const throttled = (count: number) => {
      for (let index = 0; index < count; index++) stream.open(`T${String(index).padStart(2, '0')}`);
    };

    it('reads no more shards at once than allowed', async () => {
      throttled(40);
      await applier.start({ concurrentReads: 4 });
      await applier.applyFor(10 * SECOND);
      assert.equal(stream.mostReadsUnderWay, 4);
    });

    it('halves the reads under way at each throttled one, and comes back', async () => {
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

  it('looks through the graph only when a shard has ended or a listing has come, not for each page', async () => {
    stream.open('B');
    await applier.start();
    await applier.applyFor(MINUTE);
    const { readable } = ShardGraph.prototype;
    let looks = 0;
    ShardGraph.prototype.readable = function () {
      looks += 1;
      return readable.call(this);
    };
    try {
      const listings = stream.listings.length;
      for (let second = 0; second < 60; second++) {
        stream.write('A');
        await applier.applyFor(SECOND);
      }
      stream.close('B');
      await applier.applyFor(10 * SECOND);
      assert.ok(applier.arrivals.length > 60);
      const news = stream.listings.length - listings + 1;
      assert.ok(looks > 0 && looks <= news, `${looks} times for ${news} listings and ends`);
    } finally {
      ShardGraph.prototype.readable = readable;
    }
  });

  it('tells the time of the read that is longest ago', async () => {
    stream.open('B');
    stream.inject = (operation, shardId) => {
      if (operation === 'GetRecords' && shardId === 'B' && isStuck)
        throw fault('LimitExceededException', 'retry', 'throttled');
    };
    let isStuck = false;
    await applier.start();
    await applier.applyFor(MINUTE);
    assert.ok(applier.clock.now() - applier.poller.slowestReadAt() < 6 * SECOND);
    isStuck = true;
    await applier.applyFor(10 * MINUTE);
    const since = applier.clock.now() - applier.poller.slowestReadAt();
    assert.ok(since >= 10 * MINUTE && since < 11 * MINUTE, String(since));
  });

  describe('ending', () => {
    it('stops every read, and lets nothing sleep on', async () => {
      stream.write('A', 10);
      await applier.start();
      await applier.applyFor(MINUTE);
      const taking = applier.poller.take({ maxBytes: 1, maxWaitMs: MINUTE, signal: applier.never });
      await applier.clock.run(applier.poller.stop());
      assert.deepEqual(await taking, []);
      const reads = stream.reads.length;
      await applier.clock.advance(MINUTE);
      assert.equal(stream.reads.length, reads);
      applier.poller.follow(applier.graph);
      await applier.clock.advance(MINUTE);
      assert.equal(stream.reads.length, reads);
    });

    it('stops while readers wait for room and for a slot', async () => {
      stream.recordBytes = 100_000;
      for (let index = 0; index < 10; index++) stream.open(`W${index}`);
      for (const id of stream.shards.keys()) stream.write(id, 1000);
      await applier.start({ queueBytes: 1000, concurrentReads: 2 });
      await applier.clock.advance(MINUTE);
      await applier.clock.run(applier.poller.stop());
      assert.equal(stream.readsUnderWay, 0);
    });

    it('a take ends with the reason of its signal', async () => {
      await applier.start();
      await applier.applyFor(MINUTE);
      const leaving = new AbortController();
      const reason = new Error('leaving');
      const taking = applier.poller.take({ maxBytes: 1, maxWaitMs: MINUTE, signal: leaving.signal });
      leaving.abort(reason);
      await assert.rejects(taking, reason);
      const again = applier.poller.take({ maxBytes: 1, maxWaitMs: MINUTE, signal: leaving.signal });
      await assert.rejects(again, reason);
    });
  });
});
