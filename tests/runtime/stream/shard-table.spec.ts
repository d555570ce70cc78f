import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newShard } from '../../../runtime/stream/lineage';
import type { ShardState } from '../../../runtime/stream/shard-state';
import { ShardTable } from '../../../runtime/stream/shard-table';
import { seed } from '../../seeds';

const STAGES = ['open', 'ended', 'succeeded'] as const;

function shard(index: number, changes: Partial<ShardState> = {}): ShardState {
  const place = { id: `shard${index}`, parentId: undefined, depth: 0 };
  return { ...newShard(place, { watermark: index, prefixPassed: true }), ...changes };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => shard(index));

describe('runtime/stream/shard-table', () => {
  it('maps ids to states, with correct sums over all shards, after any changes', () => {
    const change = fc.record({
      index: fc.nat(),
      watermark: fc.integer({ min: -1_000, max: 1_000 }),
      stage: fc.constantFrom(...STAGES),
      prefixPassed: fc.boolean(),
    });
    const property = fc.property(fc.nat(400), fc.array(fc.array(change)), (count, batches) => {
      const states = new Map(many(count).map((state) => [state.id, state]));
      let table = ShardTable.of([...states.values()]);
      for (const batch of batches) {
        const before = table;
        const changed = new Map<string, ShardState>();
        for (const { index, ...rest } of batch) {
          if (count === 0) continue;
          const state = shard(index % count, rest);
          changed.set(state.id, state);
        }
        table = table.with(changed);
        for (const [id, state] of changed) states.set(id, state);
        const expected = [...changed.values()].map((shard) => ({ shard, before: before.get(shard.id) }));
        assert.deepEqual(new Set(table.changedSince(before)), new Set(expected));
      }
      const all = [...states.values()];
      assert.deepEqual([...table.values()], all);
      assert.deepEqual([...table.keys()], [...states.keys()]);
      assert.equal(table.size, states.size);
      for (const [id, state] of states) assert.equal(table.get(id), state);
      for (const stage of ['open', 'ended'] as const) {
        assert.deepEqual(
          [...table.inStage(stage)],
          all.filter((state) => state.stage === stage),
        );
      }
      const counts = all.filter(
        ({ stage, prefixPassed }) => stage === 'open' || (stage === 'ended' && prefixPassed),
      );
      assert.equal(table.leastWatermark(), Math.min(Infinity, ...counts.map(({ watermark }) => watermark)));
    });
    fc.assert(property, { seed: seed(20261129) });
  });

  it('returns the shards that are new and gone since an earlier table', () => {
    const earlier = ShardTable.of(many(300));
    const states = [...earlier.values()].slice(1);
    const later = ShardTable.of([...states, shard(300)]);
    assert.deepEqual([...later.goneSince(earlier)], ['shard0']);
    assert.deepEqual(
      [...later.changedSince(earlier)].map(({ shard }) => shard.id),
      ['shard300'],
    );
    assert.equal([...earlier.changedSince(undefined)].length, 300);
  });

  it('a change takes about as much work among 28,000 shards as among 1,000', () => {
    const work = (count: number) => {
      let looks = 0;
      const states = many(count).map((state) => {
        const { watermark } = state;
        return Object.defineProperty({ ...state }, 'watermark', {
          get: () => {
            looks += 1;
            return watermark;
          },
        });
      });
      const table = ShardTable.of(states);
      table.leastWatermark();
      looks = 0;
      const changed = table.with(new Map([['shard500', shard(500, { watermark: -1 })]]));
      assert.equal(changed.leastWatermark(), -1);
      assert.equal([...changed.changedSince(table)].length, 1);
      return looks;
    };
    assert.equal(work(28_000), work(1_000));
  });

  it('has no state for an unknown shard', () => {
    assert.throws(() => ShardTable.of(many(3)).with(new Map([['shard3', shard(3)]])), RangeError);
    assert.equal(ShardTable.of(many(3)).get('shard3'), undefined);
  });
});
