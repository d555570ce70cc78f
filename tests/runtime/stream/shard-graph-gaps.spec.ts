import assert from 'node:assert/strict';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { ShardStateUnreadable } from '../../../runtime/stream/shard-state';
import { HOUR, listing, MINUTE, page, record, S0, SECOND, START } from './arrivals';
import { apply, readable, start, state, stored } from './graphs';

describe('runtime/stream/shard-graph: gaps and the checkpoint', () => {
  describe('gaps', () => {
    it('G1: before a read, W may be 23 h old', () => {
      const graph = start('A');
      assert.equal(graph.gapBeforeRead(S0 + 23 * HOUR), undefined);
      const gap = graph.gapBeforeRead(S0 + 23 * HOUR + 1);
      assert.equal(gap?.reason, 'too old');
      assert.equal(gap?.kind, 'gap');
      assert.match(gap?.message ?? '', /between 2026-01-05 11:55:00 UTC and 2026-01-06 10:55:01 UTC/);
      assert.match(gap?.message ?? '', /resync/);
    });

    it('G1: a page received when W was older than 24 h − 1 min is not committed', () => {
      const graph = start('A');
      const limit = S0 + 24 * HOUR - MINUTE;
      assert.equal(graph.gapAtCommit(page('A', { receivedAt: limit })), undefined);
      assert.equal(graph.gapAtCommit(page('A', { receivedAt: limit + 1 }))?.reason, 'too old');
    });

    it('G1: a listing received when W was older than 24 h − 1 min is not applied, as it may lack a shard that was never seen', () => {
      // One of two children was listed in time. The other was closed soon and is gone, but its own child is listed.
      const ended = apply(start('A'), page('A', { records: [record(1, START)], ended: true }));
      const split = ended.listed(listing(START + MINUTE, 'A. B<A'));
      const read = apply(split, page('B', { ended: true }));
      const limit = read.watermark() + 24 * HOUR - MINUTE;
      const late = 'B<A. D<B E<C';
      assert.equal(read.gapInListing(listing(limit, late)), undefined);
      const gap = read.gapInListing(listing(limit + 1, late));
      assert.deepEqual([gap?.reason, gap?.from, gap?.shardId], ['too old', read.watermark(), 'B']);
      const slow = { ...listing(limit, late), completedAt: limit + 1 };
      assert.equal(read.gapInListing(slow)?.reason, 'too old');
    });

    it('G1: an unread shard that listings have not shown for 60 s is a gap', () => {
      const graph = start('A B');
      const missed = listing(START + MINUTE, 'B');
      assert.equal(graph.gapInListing(missed), undefined, 'one listing alone may miss a shard');
      const later = graph.listed(missed);
      assert.equal(later.gapInListing(listing(START + 2 * MINUTE - 1, 'B')), undefined);
      assert.equal(later.gapInListing(listing(START + 2 * MINUTE, 'A B')), undefined);
      const gap = stored(later).gapInListing(listing(START + 2 * MINUTE, 'B'));
      assert.equal(gap?.reason, 'shard gone');
      assert.equal(gap?.shardId, 'A');
    });

    it('G1: a read requested after a listing lacked the shard shows that it exists', () => {
      const missed = { ...listing(START + MINUTE, 'B'), completedAt: START + 2 * MINUTE };
      const lacking = stored(start('A B').listed(missed));
      const later = listing(START + 10 * MINUTE, 'B');
      const read = (requestedAt: number, more = {}) => apply(lacking, page('A', { requestedAt, ...more }));
      assert.equal(read(START + 2 * MINUTE).gapInListing(later), undefined);
      const records = [record(1, START)];
      assert.equal(read(START + 2 * MINUTE, { records }).gapInListing(later), undefined);
      const early = read(START + 2 * MINUTE - 1, { records });
      assert.equal(early.gapInListing(later)?.shardId, 'A', 'it may have left meanwhile');
      const again = stored(read(START + 2 * MINUTE)).listed(later);
      assert.equal(again.gapInListing(listing(START + 11 * MINUTE - 1, 'B')), undefined);
      assert.equal(
        again.gapInListing(listing(START + 11 * MINUTE, 'B'))?.shardId,
        'A',
        'nothing was read since',
      );
    });

    it('A2: such a shard does not count as read to its end', () => {
      const lacking = start('A. B<A').listed(listing(START + MINUTE, 'B<A'));
      const read = apply(lacking, page('A', { requestedAt: START + MINUTE }));
      assert.deepEqual(readable(read.listed(listing(START + 2 * MINUTE, 'B<A'))), ['A']);
      assert.deepEqual(readable(lacking.listed(listing(START + 2 * MINUTE, 'B<A'))), ['B']);
    });

    it('G1: an unread child that is gone is a gap, but a shard that was read is not', () => {
      const ended = apply(start('A. B<A'), page('A', { ended: true }));
      const gone = ended.listed(listing(START + MINUTE, ''));
      assert.equal(gone.gapInListing(listing(START + 3 * MINUTE, ''))?.shardId, 'B');
      const read = apply(ended, page('B', { ended: true })).listed(listing(START + MINUTE, ''));
      assert.equal(read.gapInListing(listing(START + 3 * MINUTE, '')), undefined);
    });

    it('S3: an unknown parent is a gap only if it is still unknown after 60 s', () => {
      const graph = start('A');
      const first = listing(START + MINUTE, 'A C<B');
      assert.equal(graph.gapInListing(first), undefined);
      const seen = stored(graph.listed(first));
      assert.deepEqual(readable(seen), ['A'], 'an orphan is not read');
      assert.equal(seen.gapInListing(listing(START + 2 * MINUTE - 1, 'A C<B')), undefined);
      const gap = seen.gapInListing(listing(START + 2 * MINUTE, 'A C<B'));
      assert.equal(gap?.reason, 'orphan');
      assert.equal(gap?.shardId, 'C');
      const found = listing(START + 2 * MINUTE, 'A. B<A. C<B');
      assert.equal(seen.gapInListing(found), undefined);
      assert.equal(state(seen.listed(found), 'C').depth, 2);
    });

    it('S3: the 60 s of an orphan start again when a listing no longer shows it', () => {
      const graph = start('A').listed(listing(START + MINUTE, 'A C<B'));
      const away = graph.listed(listing(START + 90 * SECOND, 'A'));
      assert.equal(away.gapInListing(listing(START + 2 * MINUTE, 'A C<B')), undefined);
    });

    it('S3: the 60 s of an orphan count from the answer that first showed it, however late it was', () => {
      const first = { ...listing(START + MINUTE, 'A C<B'), completedAt: START + HOUR };
      const seen = stored(start('A').listed(first));
      assert.equal(seen.gapInListing(listing(START + HOUR + MINUTE - 1, 'A C<B')), undefined);
      assert.equal(seen.gapInListing(listing(START + HOUR + MINUTE, 'A C<B'))?.reason, 'orphan');
    });

    it('G1: the 60 s of a missing shard count from the answer that first lacked it, however late it was', () => {
      const first = { ...listing(START + MINUTE, 'A'), completedAt: START + HOUR };
      const lacking = stored(start('A B').listed(first));
      assert.equal(lacking.gapInListing(listing(START + HOUR + MINUTE - 1, 'A')), undefined);
      assert.equal(lacking.gapInListing(listing(START + HOUR + MINUTE, 'A'))?.shardId, 'B');
    });

    it('S3: the 60 s count only while its parent is not shown either, as each listing may miss one shard of a lineage', () => {
      const first = start('A').listed(listing(START + MINUTE, 'A D<C E<D'));
      const found = first.listed(listing(START + 2 * MINUTE, 'A. B<A. C<B E<D'));
      assert.deepEqual([...found.shards.keys()], ['A', 'B', 'C']);
      const later = listing(START + 2 * MINUTE + SECOND, 'A. B<A. C<B E<D');
      assert.equal(found.gapInListing(later), undefined, 'D was there a minute ago');
      assert.equal(found.listed(later).gapInListing(listing(START + 3 * MINUTE, 'A. E<D'))?.shardId, 'E');
    });

    it('A1: a parent of a root that appears later is an orphan, as its child was read before it', () => {
      const graph = start('A. C<B').listed(listing(START + MINUTE, 'A. B<A. C<B'));
      assert.deepEqual(readable(graph), ['A', 'C']);
      assert.equal(graph.gapInListing(listing(START + 2 * MINUTE, 'A. B<A. C<B'))?.reason, 'orphan');
    });

    it('A1: a shard without a parent that appears later is an orphan, not a root', () => {
      const graph = start('A').listed(listing(START + MINUTE, 'A B'));
      assert.deepEqual(readable(graph), ['A']);
      assert.equal(graph.gapInListing(listing(START + 2 * MINUTE, 'A B'))?.reason, 'orphan');
    });

    it('G1: a disabled stream that was read to its end does not age into a gap', () => {
      const disabled = start('A').listed(listing(START + MINUTE, 'A.', 'DISABLED'));
      assert.equal(disabled.drained(), false);
      assert.equal(disabled.gapBeforeRead(START + 48 * HOUR)?.reason, 'too old');
      const ended = stored(apply(disabled, page('A', { ended: true })));
      assert.equal(ended.drained(), true);
      assert.equal(ended.gapBeforeRead(START + 48 * HOUR), undefined);
      assert.equal(ended.gapInListing(listing(START + 48 * HOUR, 'A.', 'DISABLED')), undefined);
      const enabled = apply(start('A'), page('A', { ended: true }));
      assert.equal(enabled.drained(), false);
      assert.equal(enabled.gapBeforeRead(START + 48 * HOUR)?.reason, 'too old');
    });
  });

  describe('the checkpoint', () => {
    it('C1: only the rows of shards that changed are written again', () => {
      const graph = start('A B');
      const next = apply(graph, page('A', { records: [record(1, START)] }));
      assert.deepEqual([...next.changedSince(graph).keys()], ['A']);
      assert.equal(next.changedSince(next).size, 0);
      assert.deepEqual([...graph.changedSince(undefined).keys()], ['A', 'B']);
    });

    it('C1: a listing that changes nothing writes no row, and the time of the last open listing is right', () => {
      const graph = start('A');
      const again = graph.listed(listing(START + MINUTE, 'A'));
      assert.equal(again.changedSince(graph).size, 0);
      const closed = again.listed(listing(START + 2 * MINUTE, 'A.'));
      assert.deepEqual([...closed.changedSince(again).keys()], ['A']);
      assert.equal(state(stored(closed), 'A').openSeenAt, START + MINUTE);
      assert.equal(state(stored(again), 'A').openSeenAt, START + MINUTE);
    });

    it('C1: a page with nothing new returns the same graph', () => {
      const graph = start('A');
      assert.equal(graph.applied(page('A')).graph, graph);
    });

    for (const line of [
      '',
      '[]',
      'null',
      '{}',
      '{"depth":0,"stage":"lost","watermark":1,"prefixPassed":true}',
    ]) {
      it(`C1: a row that is not a shard's state is an error, not a guess: ${JSON.stringify(line)}`, () => {
        const lines = new Map([['A', line]]);
        assert.throws(() => ShardGraph.restore(start('A').head(), lines), ShardStateUnreadable);
      });
    }
  });
});
