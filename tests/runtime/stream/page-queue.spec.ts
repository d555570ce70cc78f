import assert from 'node:assert/strict';
import { PageMemory } from '../../../runtime/stream/page-memory';
import { PageQueue } from '../../../runtime/stream/page-queue';
import { listing, page, record, START } from './arrivals';

describe('runtime/stream/page-queue', () => {
  let news = 0;
  let queue: PageQueue;
  let memory: PageMemory;

  beforeEach(() => {
    news = 0;
    memory = new PageMemory(1000);
    queue = new PageQueue(
      () => (news += 1),
      (applied) => applied.forEach((reservation) => memory.giveUp(reservation)),
    );
  });

  const full = (shardId: string, index: number, bytes: number) =>
    page(shardId, { records: [record(index, START)], bytes });
  const put = (...pages: Parameters<typeof page>[]) => {
    for (const [shardId, options] of pages) queue.push(page(shardId, options));
  };

  it('returns arrivals in order, up to the requested bytes, but at least one', () => {
    const pages = [full('A', 1, 50), full('B', 1, 20), full('A', 2, 30)];
    for (const each of pages) queue.push(each);
    const list = listing(START, 'A B');
    queue.pushListing(list);
    assert.deepEqual(queue.take(10), [pages[0]]);
    assert.deepEqual(queue.take(50), [pages[1], pages[2], list]);
    assert.deepEqual(queue.take(50), []);
  });

  it('releases the memory of taken pages once they are applied', () => {
    const share = memory.join();
    for (const index of [1, 2]) {
      const reservation = memory.reserve(share, 10);
      memory.hold(reservation, 100);
      queue.push(full('A', index, 100), reservation);
    }
    queue.applied();
    assert.equal(memory.usedBytes, 200);
    queue.take(100);
    assert.equal(memory.usedBytes, 200, 'taken is not applied');
    queue.applied();
    assert.equal(memory.usedBytes, 100);
    queue.applied();
    assert.equal(memory.usedBytes, 100);
  });

  it('keeps only the newest of consecutive pages without records of a shard, and does not wake for it', () => {
    put(
      ['A', { idleSince: 1, bytes: 5 }],
      ['B', { idleSince: 2, bytes: 5 }],
      ['A', { idleSince: 3, bytes: 5 }],
    );
    assert.equal(queue.hasNews, false);
    assert.equal(news, 0);
    assert.deepEqual(
      queue.take(100).map((arrival) => arrival.kind === 'page' && [arrival.shardId, arrival.idleSince]),
      [
        ['A', 3],
        ['B', 2],
      ],
    );
  });

  it('keeps a page without records after the records it followed, and before the end', () => {
    put(
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

  it('shows whether a listing waits to be taken', () => {
    assert.equal(queue.holdsListing, false);
    queue.pushListing(listing(START, 'A'));
    assert.equal(queue.holdsListing, true);
    assert.equal(queue.hasNews, true);
    queue.take(1);
    assert.equal(queue.holdsListing, false);
  });
});
