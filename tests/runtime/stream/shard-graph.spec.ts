import assert from 'node:assert/strict';
import { HOUR, listing, MINUTE, page, record, S0, SECOND, sequence, START } from './arrivals';
import { apply, readable, start, state, stored } from './graphs';

describe('runtime/stream/shard-graph', () => {
  describe('the start of a generation', () => {
    it('A1: the roots are the shards whose parent is not listed, whatever the order of the list', () => {
      const graph = start('C<B A<Z. B<A. D');
      assert.deepEqual(readable(graph), ['A', 'D']);
      assert.deepEqual(
        ['A', 'B', 'C', 'D'].map((id) => state(graph, id).depth),
        [0, 1, 2, 0],
      );
    });

    it('A2: S0 is 5 minutes before the listing, and every root is read from there', () => {
      const graph = start('A B');
      assert.equal(graph.s0, START - 5 * MINUTE);
      assert.deepEqual(
        graph.readable().map(({ position, watermark }) => ({ position, watermark })),
        [
          { position: undefined, watermark: S0 },
          { position: undefined, watermark: S0 },
        ],
      );
    });

    it('A2: records older than S0 are skipped only as a prefix', () => {
      const records = [record(1, S0 - SECOND), record(2, S0), record(3, S0 - SECOND), record(4, S0 + SECOND)];
      const { graph, kept } = start('A').applied(page('A', { records }));
      assert.deepEqual(kept, records.slice(1));
      assert.equal(state(graph, 'A').position, sequence(4));
    });

    it('A2: skipped records move the position, not the watermark', () => {
      const { graph, kept } = start('A').applied(page('A', { records: [record(1, S0 - HOUR)] }));
      assert.deepEqual(kept, []);
      assert.equal(state(graph, 'A').position, sequence(1));
      assert.equal(state(graph, 'A').watermark, S0);
    });

    it('A2: a child continues where its parent left the prefix, even if it was listed long before', () => {
      const old = [record(1, S0 - SECOND)];
      const ended = { ended: true };
      const unpassed = apply(start('A B<A'), page('A', { records: old, ...ended }));
      assert.deepEqual(unpassed.applied(page('B', { records: old })).kept, []);
      const passed = apply(start('A B<A'), page('A', { records: [record(1, S0)], ...ended }));
      assert.deepEqual(passed.applied(page('B', { records: old })).kept, old);
      assert.deepEqual(stored(passed).applied(page('B', { records: old })).kept, old);
    });
  });

  describe('shards that left before S0', () => {
    const missed = listing(START + MINUTE, 'B<A');
    const again = listing(START + 2 * MINUTE, 'B<A');
    const lastMoment = S0 + 24 * HOUR - MINUTE - 1;

    it('A2: a closed root that leaves unread counts as read, and its child starts at S0', () => {
      const graph = start('A. B<A').listed(missed);
      assert.deepEqual(readable(graph), ['A'], 'one listing alone may miss it');
      assert.equal(graph.gapInListing(again), undefined);
      const left = stored(graph.listed(again));
      assert.deepEqual(readable(left), ['B']);
      assert.deepEqual([state(left, 'B').watermark, state(left, 'B').prefixPassed], [S0, false]);
      assert.equal(state(left, 'A').stage, 'succeeded');
    });

    it('A2: a root that is not found counts as read when its page is committed', () => {
      const graph = start('A. B<A');
      const gone = page('A', { ended: true, gone: true, receivedAt: lastMoment });
      assert.equal(graph.countsAsRead('A', lastMoment), true);
      assert.equal(graph.gapAtCommit(gone), undefined);
      assert.deepEqual(readable(apply(graph, gone)), ['B']);
      // Its reader may find it gone after the shard was forgotten.
      assert.equal(graph.applied({ ...gone, shardId: 'forgotten' }).graph, graph);
    });

    it('A2: from S0 + 24 h − 1 min on a root that leaves unread is a gap', () => {
      const graph = start('A. B<A');
      assert.equal(graph.countsAsRead('A', lastMoment + 1), false);
      assert.equal(graph.mayReadAgain('A', lastMoment), true);
      assert.equal(graph.mayReadAgain('A', lastMoment + 1), false);
      const slow = { ...again, completedAt: lastMoment + 1 };
      assert.equal(graph.listed(missed).gapInListing(slow)?.reason, 'shard gone');
      const gone = page('A', { ended: true, gone: true, receivedAt: lastMoment + 1 });
      assert.equal(graph.gapAtCommit(gone)?.reason, 'shard gone');
    });

    it('A2: when something of its lineage was kept, a shard that leaves is a gap', () => {
      const kept = page('A', { records: [record(1, S0)], ended: true });
      const graph = apply(start('A. B<A C<B'), kept);
      assert.equal(graph.mayReadAgain('B', START), false);
      const lacking = listing(START + MINUTE, 'A. C<B');
      const gap = graph.listed(lacking).gapInListing(listing(START + 2 * MINUTE, 'A. C<B'));
      assert.deepEqual([gap?.reason, gap?.shardId], ['shard gone', 'B']);
      const gone = page('B', { ended: true, gone: true });
      assert.equal(graph.gapAtCommit(gone)?.reason, 'shard gone');
    });

    it('A2: when a listing has shown it open after the roots were settled, a shard that leaves is a gap', () => {
      const graph = start('A').listed(listing(START + MINUTE, ''));
      assert.equal(graph.gapInListing(listing(START + 2 * MINUTE, ''))?.reason, 'shard gone');
      assert.equal(graph.countsAsRead('A', START), false);
      assert.equal(graph.mayReadAgain('A', START), true);
    });

    it('W1: an ended shard of which nothing was kept does not wait for a child, which may have left before it', () => {
      const graph = start('A. B')
        .listed(listing(START + HOUR, 'A. B'))
        .listed(listing(START + 2 * HOUR, 'A. B'));
      const read = apply(graph, page('B', { records: [record(1, START + MINUTE)] }));
      assert.equal(read.watermark(), S0);
      const skipped = page('A', { records: [record(1, S0 - HOUR)], ended: true });
      assert.equal(apply(read, skipped).watermark(), START + MINUTE);
      assert.deepEqual(apply(read, skipped).awaiting(), ['A']);
      const kept = page('A', { records: [record(1, S0)], ended: true });
      assert.equal(apply(read, kept).watermark(), S0);
    });
  });

  describe('order', () => {
    it('S1: a child is read only after its parent was applied to its end', () => {
      const graph = start('A. B<A C<B');
      assert.deepEqual(readable(graph), ['A']);
      const halfway = apply(graph, page('A', { records: [record(1, START)] }));
      assert.deepEqual(readable(halfway), ['A']);
      assert.throws(() => halfway.applied(page('B')), RangeError);
      assert.deepEqual(readable(apply(halfway, page('A', { ended: true }))), ['B']);
    });

    it('S1: both children of a split are read at the same time', () => {
      assert.deepEqual(readable(apply(start('A. B<A C<A'), page('A', { ended: true }))), ['B', 'C']);
    });

    it('S2: the last records are applied with the end of their shard', () => {
      const records = [record(1, START), record(2, START)];
      const { graph, kept } = start('A. B<A').applied(page('A', { records, ended: true }));
      assert.deepEqual(kept, records);
      assert.equal(state(graph, 'A').stage, 'succeeded');
      assert.equal(state(graph, 'A').position, sequence(2));
    });

    it('S2: empty pages of a closed shard do not end it', () => {
      const graph = apply(start('A. B<A'), page('A', { idleSince: START }), page('A', { idleSince: START }));
      assert.deepEqual(readable(graph), ['A']);
    });

    it('S3: an ended shard without a listed child waits for one', () => {
      const ended = apply(start('A'), page('A', { ended: true }));
      assert.deepEqual(ended.awaiting(), ['A']);
      const again = ended.listed(listing(START + MINUTE, 'A.'));
      assert.deepEqual(again.awaiting(), ['A']);
      const child = again.listed(listing(START + 2 * MINUTE, 'A. B<A'));
      assert.deepEqual(child.awaiting(), []);
      assert.deepEqual(readable(child), ['B']);
    });

    it('S3: a listing may show grandchildren before their parents', () => {
      const graph = start('A').listed(listing(START + MINUTE, 'D<C C<B. B<A. A.'));
      assert.deepEqual(
        ['B', 'C', 'D'].map((id) => state(graph, id).depth),
        [1, 2, 3],
      );
      assert.deepEqual(readable(graph), ['A']);
    });

    it('S5: records applied before are ignored one by one, comparing sequence numbers as numbers', () => {
      const records = [3, 4, 5, 6].map((index) => record(index, START));
      const { graph } = start('A').applied(page('A', { records: records.slice(0, 2) }));
      const { graph: next, kept } = graph.applied(page('A', { records }));
      assert.deepEqual(kept, records.slice(2));
      assert.equal(state(next, 'A').position, sequence(6));
      assert.deepEqual(next.applied(page('A', { records })).kept, []);
      assert.deepEqual(stored(next).applied(page('A', { records })).kept, []);
    });

    it('S5: sequence numbers of different shards are not compared', () => {
      const graph = apply(start('A. B<A'), page('A', { records: [record(900, START)], ended: true }));
      assert.equal(graph.applied(page('B', { records: [record(40, START)] })).kept.length, 1);
    });

    it('S6: a depth stays the same when the ancestors are forgotten and the process restarts', () => {
      let graph = apply(start('A. B<A'), page('A', { ended: true }));
      for (const minutes of [1, 30, 61, 62])
        graph = stored(graph.listed(listing(START + minutes * MINUTE, 'B<A')));
      assert.deepEqual([...graph.shards.keys()], ['B']);
      assert.equal(state(graph, 'B').depth, 1);
      assert.equal(state(graph.listed(listing(START + 2 * HOUR, 'B<A. C<B')), 'C').depth, 2);
    });
  });

  describe('an answer about the children of one shard', () => {
    const ended = apply(start('A B'), page('A', { records: [record(1, START)], ended: true }));
    const answer = (answeredAt: number, shards: string) => ({
      kind: 'children' as const,
      parentId: 'A',
      shards: listing(answeredAt, shards).shards,
      answeredAt,
    });

    it('S3: makes them known, so that they are read, and their parent has succeeded', () => {
      assert.deepEqual(ended.awaiting(), ['A']);
      const known = stored(ended.childrenSeen(answer(START + SECOND, 'C<A')));
      assert.deepEqual(readable(known), ['B', 'C']);
      assert.equal(state(known, 'A').stage, 'succeeded');
      assert.deepEqual(known.awaiting(), []);
      assert.equal(known.childrenSeen(answer(START + 2 * SECOND, 'C<A')), known);
    });

    it('W1: does not count as a listing: one of two children may be hidden, and W waits for it', () => {
      const known = ended.childrenSeen(answer(START + HOUR, 'C<A'));
      const moved = page('C', { records: [record(1, START + HOUR)] });
      const graph = apply(known, moved, page('B', { records: [record(1, START + HOUR)] }));
      assert.equal(graph.listedAt, START);
      assert.equal(graph.watermark(), START);
      assert.ok(state(graph, 'C').openSeenAt === 0);
      const confirmed = graph
        .listed(listing(START + 5 * MINUTE, 'A. B C<A'))
        .listed(listing(START + 6 * MINUTE, 'A. B C<A D<A'));
      assert.equal(confirmed.watermark(), START, 'D has what its parent had');
    });

    it('A2: a listing that began before it may lack a new child, which does not count as missing', () => {
      const early = apply(start('A'), page('A', { ended: true }));
      const known = stored(early.childrenSeen(answer(START + 40 * SECOND, 'C<A')));
      const begunBefore = { ...listing(START + 30 * SECOND, 'A.'), completedAt: START + 50 * SECOND };
      const lacking = stored(known.listed(begunBefore));
      assert.equal(state(lacking, 'C').missingSince, undefined);
      const missed = lacking.listed(listing(START + 5 * MINUTE, 'A.'));
      assert.deepEqual(readable(missed), ['C'], 'one listing alone may miss it');
      assert.equal(state(missed, 'C').missingSince, START + 5 * MINUTE);
    });
  });

  it('reads a listing only twice, and creates new states only for the shards that it changes', () => {
    const closed = Array.from({ length: 1_000 }, (_, index) => `A${index}.`).join(' ');
    const graph = start(`${closed} B`).listed(listing(START + MINUTE, `${closed} B`));
    const next = listing(START + 2 * MINUTE, `${closed} B C<B`);
    let looks = 0;
    const counting = next.shards.map((shard) =>
      Object.defineProperty({ ...shard }, 'id', {
        get: () => {
          looks += 1;
          return shard.id;
        },
      }),
    );
    const seen = { ...next, shards: counting };
    assert.equal(graph.gapInListing(seen), undefined);
    const listed = graph.listed(seen);
    assert.ok(looks <= 2 * counting.length, `${looks} looks at ${counting.length} shards`);
    const changed = [...listed.shards.changedSince(graph.shards)].map(({ shard }) => shard.id);
    assert.deepEqual(changed, ['B', 'C']);
    assert.deepEqual([...listed.changedSince(graph).keys()], ['C'], 'the time of B is in the head');
  });

  describe('forgetting shards', () => {
    const succeeded = apply(start('A. B<A'), page('A', { ended: true }));

    it('S3: a shard that has succeeded and is no longer listed is forgotten after an hour', () => {
      const gone = succeeded.listed(listing(START + MINUTE, 'B<A'));
      assert.ok(gone.shards.has('A'));
      assert.ok(gone.listed(listing(START + HOUR, 'B<A')).shards.has('A'));
      const later = gone.listed(listing(START + HOUR + MINUTE, 'B<A'));
      assert.ok(!later.shards.has('A'));
      assert.equal(later.changedSince(gone).get('A'), null);
      assert.deepEqual(readable(later), ['B']);
      assert.equal(later.gapInListing(listing(START + 3 * HOUR, 'B<A')), undefined);
    });

    it('S3: an ended shard without a child is kept, listed or not', () => {
      const ended = apply(start('A'), page('A', { records: [record(1, START)], ended: true }));
      const gone = [0, 1, 2, 3].reduce(
        (graph, hours) => graph.listed(listing(START + hours * HOUR + MINUTE, '')),
        ended,
      );
      assert.ok(gone.shards.has('A'));
      assert.equal(state(gone, 'A').stage, 'ended');
    });

    it('S3: a forgotten shard that a listing shows again is neither new nor an orphan', () => {
      let graph = succeeded.listed(listing(START + MINUTE, 'B<A'));
      graph = graph.listed(listing(START + 2 * HOUR, 'B<A'));
      for (const minutes of [1, 2, 3]) {
        const again = listing(START + 2 * HOUR + minutes * MINUTE, 'A. B<A');
        assert.equal(graph.gapInListing(again), undefined);
        graph = graph.listed(again);
        assert.deepEqual(readable(graph), ['B']);
      }
    });

    it('S3: a shard is not forgotten before its parent, as it would look like a new child', () => {
      let graph = apply(start('A. B<A. C<B'), page('A', { ended: true }), page('B', { ended: true }));
      graph = graph.listed(listing(START + MINUTE, 'A. C<B'));
      graph = graph.listed(listing(START + 2 * HOUR, 'A. C<B'));
      graph = graph.listed(listing(START + 2 * HOUR + MINUTE, 'A. B<A. C<B'));
      assert.deepEqual(readable(graph), ['C']);
    });
  });
});
