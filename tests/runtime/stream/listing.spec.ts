import assert from 'node:assert/strict';
import { CallRate } from '../../../runtime/aws/call-rate';
import type { AwsServices, ListedShard } from '../../../runtime/aws/services';
import { listShards, settleRoots, takenTogether } from '../../../runtime/stream/listing';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { VirtualClock } from '../../simulation/virtual-clock';
import { HOUR, listing, MINUTE, START } from './arrivals';
import { Random } from '../../../simulator/random';
import { TIER } from '../../tiers/tier';
import { FakeStream, fault } from './fake-stream';

describe('runtime/stream/listing', () => {
  let clock: VirtualClock;
  let stream: FakeStream;

  beforeEach(() => {
    clock = new VirtualClock();
    stream = new FakeStream(clock);
  });

  const settle = (signal?: AbortSignal, waits: number[] = []) =>
    settleRoots(stream.aws, clock, 'arn', (until) => waits.push(until), signal);

  for (const count of [0, 1, 99, 100, 101, 200, 345]) {
    it(`S4: all ${count} shards are listed, page by page`, async () => {
      for (let index = 0; index < count; index++) stream.open(`A${String(index).padStart(4, '0')}`);
      const startedAt = clock.now();
      const listing = await clock.run(listShards(stream.aws, 'arn'));
      assert.equal(listing.shards.length, count);
      assert.equal(listing.startedAt, startedAt, 'the time before the first page');
      assert.equal(listing.status, 'ENABLED');
    });
  }

  it('S4: an empty page that names a last shard does not end the listing', async () => {
    const shard = { id: 'B', parentId: undefined, closed: false };
    const pages = [
      { shards: [], lastEvaluatedShardId: 'A' },
      { shards: [shard], lastEvaluatedShardId: undefined },
    ];
    const asked: (string | undefined)[] = [];
    const describeStream: typeof stream.aws.describeStream = (streamArn, { exclusiveStartShardId }) => {
      asked.push(exclusiveStartShardId);
      return Promise.resolve({
        streamArn,
        status: 'ENABLED',
        viewType: 'NEW_IMAGE',
        ...pages[asked.length - 1]!,
      });
    };
    const listing = await listShards({ ...stream.aws, describeStream }, 'arn');
    assert.deepEqual(listing.shards, [shard]);
    assert.deepEqual(asked, [undefined, 'A']);
  });

  it('A1: the roots are fixed by two listings 60 s apart, at the time of the earlier one', async () => {
    stream.open('A');
    const startedAt = clock.now();
    const waits: number[] = [];
    const roots = await clock.run(settle(undefined, waits));
    assert.equal(roots.startedAt, startedAt);
    assert.deepEqual(waits, [roots.startedAt + stream.latencyMs + 60_000]);
    assert.equal(stream.listings.length, 2);
    assert.ok(stream.listings[1]! - stream.listings[0]! >= 60_000);
  });

  it('A1: the 60 s count from the answer of the earlier listing, however late it is', async () => {
    stream.open('A');
    stream.latencyMs = 5 * 3600_000;
    await clock.run(settle());
    const [first, second] = stream.listings;
    assert.ok(second! - first! >= stream.latencyMs + 60_000, `${first}, ${second}`);
  });

  it('A1: a parent that one listing missed is a root, and its child is not', async () => {
    stream.open('B', 'A');
    stream.inject = () => {
      if (stream.listings.length === 1) stream.open('A');
    };
    const waits: number[] = [];
    const graph = ShardGraph.start(await clock.run(settle(undefined, waits)));
    assert.deepEqual(
      graph.readable().map(({ id }) => id),
      ['A'],
    );
    assert.equal(graph.shards.get('B')?.depth, 1);
    assert.equal(waits.length, 2);
    assert.equal(graph.s0, waits[0]! - 5 * 60_000, 'the first listing, which disagreed, does not count');
  });

  it('A1: a root that leaves meanwhile is still a root, as the two listings are combined', async () => {
    stream.open('A');
    stream.open('B', 'A');
    stream.inject = () => {
      if (stream.listings.length === 1) stream.shards.delete('A');
    };
    const roots = await clock.run(settle());
    assert.equal(stream.listings.length, 2);
    assert.deepEqual(
      ShardGraph.start(roots)
        .readable()
        .map(({ id }) => id),
      ['A'],
    );
  });

  it('A1: the roots are settled only when the earlier listing has shown each of them', () => {
    const earlier = listing(START, 'A B<A');
    const ids = (later: string) =>
      takenTogether(earlier, listing(START + MINUTE, later))?.shards.map(({ id }) => id);
    assert.equal(
      ids('A B<A D<C'),
      undefined,
      'the earlier may have been before C was there, this one misses it',
    );
    assert.deepEqual(ids('B<A. C<B'), ['A', 'B', 'C']);
  });

  it('A1: the roots are not settled when shards missed by the earlier listing may have left before the later one ended', () => {
    const apart = (ms: number) => takenTogether(listing(START, 'A'), listing(START + ms, 'A'));
    assert.ok(apart(24 * HOUR - MINUTE));
    assert.equal(apart(24 * HOUR - MINUTE + 1), undefined);
  });

  it('A1: a shard’s state is that of the later listing, if that shows it', () => {
    const together = takenTogether(listing(START, 'A. B'), listing(START + MINUTE, 'B. C<B'));
    assert.deepEqual(together?.shards, listing(START, 'A. B. C<B').shards);
    assert.equal(together?.startedAt, START);
  });

  it('A1: children that appear meanwhile change nothing', async () => {
    stream.open('A');
    stream.inject = () => {
      if (stream.listings.length === 1 && !stream.shards.has('B')) stream.open('B', 'A');
    };
    const roots = await clock.run(settle());
    assert.equal(stream.listings.length, 2);
    assert.equal(roots.shards.length, 2);
  });

  it('ends with a fault or its signal', async () => {
    stream.open('A');
    const leaving = new AbortController();
    const settling = settle(leaving.signal);
    await clock.advance(1000);
    const reason = new Error('leaving');
    leaving.abort(reason);
    await assert.rejects(clock.run(settling), reason);
    const denied = fault('AccessDeniedException');
    stream.inject = () => {
      throw denied;
    };
    await assert.rejects(clock.run(settle()), denied);
  });

  /** Shards that roll over every four hours, each partition at its own time. A closed shard leaves after 24 hours. */
  const settlingMinutes = async (partitions: number, random: Random): Promise<number> => {
    const describing = new CallRate(clock, 5);
    const phases = Array.from({ length: partitions }, () => random.integer(0, 4 * HOUR)).sort(
      (a, b) => a - b,
    );
    // Shards are numbered by their time of creation: those of one period of four hours follow each other.
    const bornAt = (number: number) =>
      Math.floor(number / partitions) * 4 * HOUR + phases[number % partitions]!;
    const id = (number: number) => String(number).padStart(20, '0');
    const firstBornAfter = (at: number) => {
      let number = Math.floor(at / (4 * HOUR)) * partitions;
      while (bornAt(number) <= at) number += 1;
      return number;
    };
    const describeStream: AwsServices['describeStream'] = async (
      streamArn,
      { exclusiveStartShardId: after },
    ) => {
      await describing.turn();
      await clock.sleep(20);
      const now = clock.now();
      const shards: ListedShard[] = [];
      let number = firstBornAfter(now - 28 * HOUR);
      if (after !== undefined) number = Math.max(number, Number(after) + 1);
      for (; shards.length < 100 && bornAt(number) <= now; number++) {
        const closed = bornAt(number + partitions) <= now;
        shards.push({ id: id(number), parentId: id(number - partitions), closed });
      }
      const lastEvaluatedShardId = shards.length === 100 ? shards.at(-1)?.id : undefined;
      return { streamArn, status: 'ENABLED', viewType: 'NEW_IMAGE', shards, lastEvaluatedShardId };
    };
    const began = clock.now();
    await clock.run(settleRoots({ ...stream.aws, describeStream }, clock, 'arn', () => undefined));
    return (clock.now() - began) / MINUTE;
  };

  it('A1: 4,000 partitions with 28,000 listed shards settle within 4 minutes of service time', async () => {
    for (let number = 1; number <= (TIER === 'quick' ? 3 : 20); number++) {
      const minutes = await settlingMinutes(4_000, new Random(number));
      assert.ok(minutes < 4, `seed ${number}: ${minutes} minutes`);
    }
  });
});
