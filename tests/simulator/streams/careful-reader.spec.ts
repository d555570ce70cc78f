import assert from 'node:assert/strict';
import { hostile } from '../../../simulator';
import type { Item } from '../../../simulator';
import { seed, sized } from '../../seeds';
import { HOUR, Local, MINUTE, SECOND, failure } from '../fixture';
import type { Shard } from '../fixture';

const FIRST = seed();
const SEEDS = sized(25);

/** Reads a stream as documented: parents to their end first, with stored positions and renewed iterators. */
class CarefulReader {
  readonly state = new Map<string, string>();
  private readonly positions = new Map<string, string>();
  private readonly iterators = new Map<string, string>();
  private readonly finished = new Set<string>();

  constructor(private readonly local: Local) {}

  /** Reads one page of each readable shard. */
  step(): void {
    for (const shard of this.local.shards()) {
      if (this.finished.has(shard.ShardId)) continue;
      // A listing may omit a parent that is being read.
      const parent = shard.ParentShardId;
      if (!parent || this.finished.has(parent)) this.read(shard);
    }
  }

  private read({ ShardId }: Shard): void {
    const position = this.positions.get(ShardId);
    const iterator =
      this.iterators.get(ShardId) ??
      this.local.iterator(ShardId, position ? 'AFTER_SEQUENCE_NUMBER' : 'TRIM_HORIZON', position);
    if (failure(() => this.local.page(iterator)) === 'ExpiredIteratorException') {
      this.iterators.delete(ShardId);
      return;
    }
    const { Records, NextShardIterator } = this.local.page(iterator, 50);
    for (const { dynamodb } of Records) {
      const key = JSON.stringify(dynamodb.Keys);
      if (dynamodb.NewImage) this.state.set(key, JSON.stringify(dynamodb.NewImage));
      else this.state.delete(key);
      this.positions.set(ShardId, dynamodb.SequenceNumber);
    }
    if (NextShardIterator) this.iterators.set(ShardId, NextShardIterator);
    else this.finished.add(ShardId);
  }
}

const itemsOf = (local: Local): Map<string, string> =>
  new Map(
    [...local.simulator.tables.items('orders')].map((item: Item) => [
      JSON.stringify({ id: item['id'] }),
      JSON.stringify(item),
    ]),
  );

describe('simulator: a reader that follows the rules', () => {
  it('arrives at the table’s state, whatever the stream does in between', () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const local = new Local(hostile, undefined, seed);
      const reader = new CarefulReader(local);
      for (let i = 0; i < 250; i++) {
        const id = `k${(i * 7 + seed) % 13}`;
        if (i % 5 === 3) local.remove(id);
        else local.put(id, { v: { N: String(i) } });
        local.clock.advance([10, 900, 20 * SECOND, 2 * MINUTE, 20 * MINUTE][(i * seed) % 5]!);
        if (i % 60 === 30) local.simulator.split('orders');
        if (i % 2 === seed % 2) reader.step();
      }
      for (let i = 0; i < 300; i++) {
        local.clock.advance(SECOND);
        reader.step();
      }
      assert.deepEqual(reader.state, itemsOf(local), `seed ${seed}`);
    }
  });

  it('does not if it starts a child before its parent has ended', () => {
    const local = new Local({ partitions: 1 });
    local.put('a', { v: { N: '1' } });
    local.clock.advance(HOUR);
    local.simulator.rollover('orders');
    local.put('a', { v: { N: '2' } });
    const [parent, child] = local.shards();
    const backwards = [child!, parent!].flatMap(({ ShardId }) => local.drain(ShardId).records);
    assert.deepEqual(backwards.at(-1)?.dynamodb.NewImage?.['v'], { N: '1' });
  });
});
