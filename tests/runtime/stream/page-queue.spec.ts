import assert from 'node:assert/strict';
import { PageQueue } from '../../../runtime/stream/page-queue';
import { listing, page, record, START } from './arrivals';

describe('runtime/stream/page-queue', () => {
  let news = 0;
  let queue: PageQueue;

  beforeEach(() => {
    news = 0;
    queue = new PageQueue(100, () => (news += 1));
  });

  const full = (shardId: string, index: number, bytes: number) =>
    page(shardId, { records: [record(index, START)], bytes });
  const put = async (...pages: Parameters<typeof page>[]) => {
    for (const [shardId, options] of pages) (await queue.room(0)).fill(page(shardId, options));
  };

  it('gives what was put in, in order, up to the bytes asked for, but at least one', async () => {
    const pages = [full('A', 1, 50), full('B', 1, 20), full('A', 2, 30)];
    for (const each of pages) (await queue.room(each.bytes)).fill(each);
    const list = listing(START, 'A B');
    queue.pushListing(list);
    assert.deepEqual(queue.take(10), [pages[0]]);
    assert.deepEqual(queue.take(50), [pages[1], pages[2], list]);
    assert.deepEqual(queue.take(50), []);
  });

  it('room is taken before a page is read, and given up when it is not used', async () => {
    const one = await queue.room(60);
    const order: string[] = [];
    const two = queue.room(60).then((room) => (order.push('two'), room));
    const three = queue.room(10).then((room) => (order.push('three'), room));
    await Promise.resolve();
    assert.deepEqual(order, [], 'first come first served: the small one waits, too');
    one.leave();
    one.leave();
    await Promise.all([two, three]);
    assert.deepEqual(order, ['two', 'three']);
    assert.equal(queue.bytes, 70);
  });

  it('a taken page makes room', async () => {
    (await queue.room(100)).fill(full('A', 1, 100));
    let isIn = false;
    const waiting = queue.room(50).then((room) => ((isIn = true), room));
    await Promise.resolve();
    assert.equal(isIn, false);
    queue.take(1);
    await waiting;
    assert.equal(queue.bytes, 50);
  });

  it('pages without records are kept as one a shard, the newest, and are no news', async () => {
    await put(
      ['A', { idleSince: 1, bytes: 5 }],
      ['B', { idleSince: 2, bytes: 5 }],
      ['A', { idleSince: 3, bytes: 5 }],
    );
    assert.equal(queue.hasNews, false);
    assert.equal(news, 0);
    assert.equal(queue.bytes, 10);
    assert.deepEqual(
      queue.take(100).map((arrival) => arrival.kind === 'page' && [arrival.shardId, arrival.idleSince]),
      [
        ['A', 3],
        ['B', 2],
      ],
    );
    assert.equal(queue.bytes, 0);
  });

  it('a page without records stays behind the records it followed, and before the end', async () => {
    await put(
      ['A', { idleSince: 1 }],
      ['A', { records: [record(1, START)] }],
      ['A', { idleSince: 2 }],
      ['A', { ended: true }],
    );
    assert.equal(queue.hasNews, true);
    assert.equal(news, 2);
    const taken = queue
      .take(100)
      .map((arrival) => arrival.kind === 'page' && [arrival.records.length, arrival.ended]);
    assert.deepEqual(taken, [
      [0, false],
      [1, false],
      [0, false],
      [0, true],
    ]);
    assert.equal(queue.hasNews, false);
  });

  it('says whether a listing waits to be taken', () => {
    assert.equal(queue.holdsListing, false);
    queue.pushListing(listing(START, 'A'));
    assert.equal(queue.holdsListing, true);
    assert.equal(queue.hasNews, true);
    queue.take(1);
    assert.equal(queue.holdsListing, false);
  });

  it('turns everyone away once closed', async () => {
    await queue.room(100);
    const reason = new Error('closed');
    const waiting = assert.rejects(queue.room(1), reason);
    queue.close(reason);
    await waiting;
    await assert.rejects(queue.room(0), reason);
  });
});
