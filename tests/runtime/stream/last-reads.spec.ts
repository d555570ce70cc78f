import assert from 'node:assert/strict';
import { LastReads } from '../../../runtime/stream/last-reads';
import { EarliestFirst } from '../../../runtime/stream/waiting-lists';
import { Random } from '../../../simulator/random';
import { seed } from '../../seeds';

describe('runtime/stream/last-reads', () => {
  it('knows the shard that has waited longest, after any reads', () => {
    const random = new Random(seed());
    const reads = new LastReads();
    const times = new Map<string, number>();
    for (let now = 0; now < 20_000; now++) {
      const id = `s${random.integer(0, 50)}`;
      if (random.chance(0.02)) {
        times.delete(id);
        reads.forget(id);
      } else {
        // An answer may have waited for memory.
        const at = now - (random.chance(0.1) ? random.integer(0, 100) : 0);
        times.set(id, at);
        reads.read(id, at);
      }
      if (random.chance(0.3)) {
        const oldest = times.size === 0 ? undefined : Math.min(...times.values());
        assert.equal(reads.oldest(), oldest, `SEED=${seed()}`);
      }
      assert.equal(reads.size, times.size);
    }
  });

  it('does as much work among 10,000 shards as among 100', () => {
    const looksPerRead = (count: number) => {
      const reads = new LastReads();
      for (let index = 0; index < count; index++) reads.read(`s${index}`, index);
      const { take } = EarliestFirst.prototype;
      let looks = 0;
      EarliestFirst.prototype.take = function () {
        looks += 1;
        return take.call(this);
      };
      try {
        for (let index = 0; index < 3 * count; index++) {
          reads.read(`s${index % count}`, count + index);
          reads.oldest();
        }
      } finally {
        EarliestFirst.prototype.take = take;
      }
      return looks / (3 * count);
    };
    assert.ok(looksPerRead(100) <= 1 && looksPerRead(10_000) <= 1);
  });

  it('keeps little more than one read of each shard while nobody asks', () => {
    const reads = new LastReads();
    const { add } = EarliestFirst.prototype;
    let most = 0;
    EarliestFirst.prototype.add = function (member) {
      add.call(this, member);
      most = Math.max(most, this.size);
    };
    try {
      for (let now = 0; now < 50_000; now++) reads.read(`s${now % 10}`, now);
    } finally {
      EarliestFirst.prototype.add = add;
    }
    assert.ok(most <= 1_100, String(most));
    assert.equal(reads.oldest(), 49_990);
  });
});
