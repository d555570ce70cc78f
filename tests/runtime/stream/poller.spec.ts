import assert from 'node:assert/strict';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { type Applier, beforeEachApplier } from './applier';
import { MINUTE, SECOND } from './arrivals';
import { type FakeStream, fault } from './fake-stream';

describe('runtime/stream/poller', () => {
  let applier: Applier;
  let stream: FakeStream;

  beforeEachApplier((fresh) => {
    applier = fresh;
    stream = fresh.stream;
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

  it('polls an idle shard more and more slowly, from 250 ms up to 5 s, and fast again once it is busy', async () => {
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

  it('W1: three empty pages and a listing advance the watermark of an idle stream', async () => {
    await applier.start();
    await applier.applyFor(10 * MINUTE);
    const age = applier.clock.now() - applier.graph.watermark();
    assert.ok(age >= MINUTE && age <= MINUTE + 35 * SECOND, `${age} ms`);
  });

  it('W1: an idle shard counts as idle from the request of the first of the last three empty answers', async () => {
    await applier.start();
    await applier.clock.advance(30 * SECOND);
    const pages = await applier.clock.run(applier.takeOnce());
    const page = pages.find((arrival) => arrival.kind === 'page');
    assert(page?.kind === 'page');
    assert.equal(page.idleSince, applier.readsOf('A').at(-3)! - stream.latencyMs);
  });

  it('idle shards neither fill the queue nor wake the applier', async () => {
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

  it('the queue is limited: readers wait for the applier, and nothing is lost', async () => {
    const queueBytes = 1024 * 1024;
    stream.recordBytes = 400;
    for (const id of ['B', 'C', 'D', 'E']) stream.open(id);
    for (const id of stream.shards.keys()) stream.write(id, 10_000);
    await applier.start({ queueBytes });
    await applier.clock.advance(MINUTE);
    const pageBytes = 1000 * 400 + 512;
    // Each of the five readers may misjudge the size of its first page.
    assert.ok(stream.reads.length * pageBytes <= queueBytes + 5 * pageBytes, String(stream.reads.length));
    const stuckAt = stream.reads.length;
    await applier.clock.advance(5 * MINUTE);
    assert.equal(stream.reads.length, stuckAt);
    await applier.applyFor(MINUTE);
    assert.equal(applier.kept.length, 50_000);
  });

  it('a page larger than the whole queue is still accepted', async () => {
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

  it('searches the graph only when a shard ended or a listing arrived, not for each page', async () => {
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

  it('returns the time of the least recent read', async () => {
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
    it('stops every read, and leaves nothing sleeping', async () => {
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

    it('stops while readers wait for memory and for their turn', async () => {
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
