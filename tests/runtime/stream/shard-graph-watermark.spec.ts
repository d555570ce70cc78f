import assert from 'node:assert/strict';
import { HOUR, listing, MINUTE, page, record, S0, SECOND, START } from './arrivals';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { apply, readable, start, state, stored } from './graphs';

describe('runtime/stream/shard-graph', () => {
  describe('the watermark', () => {
    const late = START + HOUR;
    /** After two listings, so that W does not wait for another. */
    const listed = (graph: ShardGraph, shards: string) =>
      graph.listed(listing(late, shards)).listed(listing(late + MINUTE, shards));

    it('W1: a root starts at S0', () => {
      assert.equal(start('A').watermark(), S0);
    });

    it('W1: a record moves its shard to its creation second, and an older one does not move it back', () => {
      const moved = page('A', { records: [record(1, START + SECOND)] });
      const graph = apply(listed(start('A'), 'A'), moved);
      assert.equal(graph.watermark(), START + SECOND);
      assert.equal(apply(graph, page('A', { records: [record(2, START)] })).watermark(), START + SECOND);
    });

    it('W1: the last record of a page counts, not its newest', () => {
      const records = [record(1, START + 2 * SECOND), record(2, START + SECOND)];
      const graph = listed(start('A'), 'A');
      assert.equal(apply(graph, page('A', { records })).watermark(), START + SECOND);
    });

    it('W1: W is the least over all shards, including those that wait for their parent', () => {
      const graph = apply(
        listed(start('A B. C<B'), 'A B. C<B'),
        page('A', { records: [record(1, START + 10 * MINUTE)] }),
      );
      assert.equal(graph.watermark(), S0);
      const ended = apply(graph, page('B', { records: [record(1, START + MINUTE)], ended: true }));
      assert.equal(ended.watermark(), START + MINUTE);
    });

    it('W1: W is never later than the start of a listing confirmed by another that began 60 s after its end', () => {
      const graph = apply(start('A'), page('A', { records: [record(1, START + HOUR)] }));
      assert.equal(graph.watermark(), START);
      const slow = { ...listing(START + 30 * SECOND, 'A'), completedAt: START + 40 * SECOND };
      const soon = graph.listed(slow).listed(listing(START + 90 * SECOND, 'A'));
      assert.equal(soon.watermark(), START, 'it began only 50 s after the end of the slow listing');
      const confirmed = stored(soon).listed(listing(START + 100 * SECOND, 'A'));
      assert.equal(confirmed.watermark(), START + 30 * SECOND);
      const later = stored(confirmed).listed(listing(START + 150 * SECOND, 'A'));
      assert.equal(later.watermark(), START + 90 * SECOND);
    });

    it('W1: a listing that showed a shard without its parent is not confirmed, as the next may lack that shard', () => {
      const graph = apply(start('A'), page('A', { records: [record(1, START + HOUR)] }));
      const orphan = graph.listed(listing(START + MINUTE, 'A C<B'));
      const placed = stored(orphan).listed(listing(START + 2 * MINUTE, 'A B<A'));
      assert.equal(placed.watermark(), START, 'C may have been written to before, and is not known');
      const known = placed.listed(listing(START + 3 * MINUTE, 'A B<A C<B'));
      assert.equal(known.watermark(), START + 2 * MINUTE);
    });

    it('W1: nor is a listing before it, as the later ones may lack that shard, which may be older', () => {
      const graph = apply(start('A'), page('A', { records: [record(1, START + HOUR)] }));
      const before = graph.listed(listing(START + MINUTE, 'A'));
      const orphan = stored(before).listed(listing(START + 90 * SECOND, 'A C<B'));
      const placed = stored(orphan).listed(listing(START + 2 * MINUTE, 'A B<A'));
      assert.equal(placed.watermark(), START);
      assert.equal(placed.listed(listing(START + 3 * MINUTE, 'A B<A')).watermark(), START + 2 * MINUTE);
    });

    it('W1: a listing without an open shard confirms none: a stream that is off has none, and records nothing', () => {
      const graph = apply(start('A'), page('A', { ended: true }));
      const before = graph.listed(listing(START + MINUTE, 'A')).listed(listing(START + 2 * MINUTE, 'A'));
      assert.equal(before.watermark(), START + MINUTE);
      const off = before.listed(listing(late, 'A.')).listed(listing(late + MINUTE, 'A.'));
      assert.equal(stored(off).watermark(), START + MINUTE);
      assert.deepEqual(off.head().complete, before.head().complete, 'and none of them is remembered');
    });

    it('W1: a checkpoint of 0.1.0 has the W of its one listing, and the next two listings advance it', () => {
      const graph = apply(start('A'), page('A', { records: [record(1, START + HOUR)] }));
      const { complete: _, ...head } = graph.listed(listing(START + 10 * MINUTE, 'A')).head();
      const old = ShardGraph.restore(head, new Map([['A', graph.changedSince(undefined).get('A')!]]));
      assert.equal(old.watermark(), START + 9 * MINUTE);
      const one = old.listed(listing(START + 20 * MINUTE, 'A'));
      assert.equal(one.watermark(), START + 9 * MINUTE);
      assert.equal(one.listed(listing(START + 21 * MINUTE, 'A')).watermark(), START + 20 * MINUTE);
    });

    it('W1: a closed shard counts until it has been applied to its end and a child is listed', () => {
      const records = [record(1, START + MINUTE)];
      const graph = listed(start('A B'), 'A. B');
      const other = apply(graph, page('B', { records: [record(1, START + 30 * MINUTE)] }));
      const ended = apply(other, page('A', { records, ended: true }));
      assert.equal(ended.watermark(), START + MINUTE);
      const child = ended.listed(listing(late + 2 * MINUTE, 'A. B C<A'));
      assert.equal(state(child, 'C').watermark, START + MINUTE, 'a child inherits the watermark');
      assert.equal(child.watermark(), START + MINUTE);
      const read = apply(child, page('C', { records: [record(1, START + 40 * MINUTE)] }));
      assert.equal(read.watermark(), START + 30 * MINUTE);
    });

    it('W1: a child that was listed early gets the watermark that its parent has at its end', () => {
      const graph = listed(start('A. B<A'), 'A. B<A');
      const ended = apply(graph, page('A', { records: [record(1, START + MINUTE)], ended: true }));
      assert.equal(state(ended, 'B').watermark, START + MINUTE);
    });

    it('W1: an idle shard has the first of three empty pages − 2 s as its watermark', () => {
      const graph = listed(start('A'), 'A');
      const idle = apply(graph, page('A', { idleSince: START + 20 * MINUTE }));
      assert.equal(idle.watermark(), START + 20 * MINUTE - 2 * SECOND);
    });

    it('W1: fewer than three empty pages prove nothing', () => {
      const graph = listed(start('A'), 'A');
      assert.equal(apply(graph, page('A', { requestedAt: START + 20 * MINUTE })).watermark(), S0);
    });

    it('W1: an idle shard is not later than the last listing that showed it open, − 60 s', () => {
      const open = start('A').listed(listing(START + 10 * MINUTE, 'A'));
      const closed = open.listed(listing(late, 'A. B<A'));
      assert.equal(
        apply(closed, page('A', { idleSince: START + 20 * MINUTE })).watermark(),
        START + 9 * MINUTE,
      );
      const idle = apply(open, page('A', { idleSince: START + 20 * MINUTE }));
      assert.equal(state(idle, 'A').watermark, START + 9 * MINUTE);
      assert.equal(idle.listed(listing(late, 'A. B<A')).watermark(), START + 9 * MINUTE);
      assert.equal(
        listed(idle, 'A').watermark(),
        START + 20 * MINUTE - 2 * SECOND,
        'a later listing that shows it open lets the proof count in full',
      );
    });

    it('W1: a shard that no listing showed open has no idle proof', () => {
      const graph = apply(
        listed(start('A. B<A.'), 'A. B<A.'),
        page('A', { ended: true }),
        page('B', { idleSince: START + 20 * MINUTE }),
      );
      assert.equal(graph.watermark(), S0);
    });

    it('W1: W does not decrease when a sibling is listed late', () => {
      const ended = apply(start('A'), page('A', { records: [record(1, START)], ended: true }));
      const one = ended.listed(listing(START + 10 * MINUTE, 'A. B<A'));
      const ahead = apply(one, page('B', { records: [record(1, START + HOUR)] }));
      const moved = ahead.listed(listing(START + 11 * MINUTE, 'A. B<A'));
      assert.equal(moved.watermark(), START + 10 * MINUTE);
      const both = moved.listed(listing(START + 11 * MINUTE + 1, 'A. B<A C<A'));
      assert.equal(both.watermark(), START + 10 * MINUTE);
      assert.deepEqual(readable(both), ['B', 'C']);
    });

    it('G1: that the stream is off is stored even if nothing else changes', () => {
      const ended = apply(start('A'), page('A', { records: [record(1, START)], ended: true }));
      const on = ended.listed(listing(START + MINUTE, 'A.'));
      const off = on.listed(listing(START + 2 * MINUTE, 'A.', 'DISABLED'));
      assert.deepEqual([off.watermark(), off.drained()], [on.watermark(), true]);
      assert.equal(off.movedOnSince(on), true);
      assert.equal(off.listed(listing(START + 3 * MINUTE, 'A.', 'DISABLED')).movedOnSince(off), false);
    });

    it('W1: W is stored even without data, and is the same after a restart', () => {
      const graph = start('A');
      const proven = apply(listed(graph, 'A'), page('A', { idleSince: START + 20 * MINUTE }));
      const idle = proven.listed(listing(late + 2 * MINUTE, 'A.'));
      assert.equal(stored(idle).watermark(), START + 20 * MINUTE - 2 * SECOND);
      assert.equal(idle.head().watermark, idle.watermark());
      assert.ok(idle.changedSince(graph).has('A'));
    });
  });
});
