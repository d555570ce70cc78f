import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Item } from '../../../simulator/attribute-value';
import { HASH_SPACE } from '../../../simulator/partition-hash';
import { ItemStore } from '../../../simulator/tables/item-store';
import type { Key } from '../../../simulator/tables/key-schema';
import { SEED } from './fixture';

const key = (hash: string, position: number, range: number): Key => ({
  id: `${hash}/${range}`,
  hash,
  position,
  range: String(range),
  attributes: {},
});

/** Positions of hash keys: equal, adjacent, and at both ends of the hash space. */
const POSITIONS: Record<string, number> = { a: 7, b: 7, c: 7, d: 8, e: 0, f: HASH_SPACE - 1 };
const byNumber = (left: string, right: string): number => Number(left) - Number(right);
const never = (): boolean => false;

describe('simulator: item store', () => {
  it('keeps order and separates hash keys with any writes, hash collisions included', () => {
    const step = fc.record({
      hash: fc.constantFrom(...Object.keys(POSITIONS)),
      range: fc.integer({ min: 0, max: 12 }),
      bytes: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const store = new ItemStore(byNumber);
        const model = new Map<string, { key: Key; bytes: number }>();
        const image: Item = {};
        for (const { hash, range, bytes } of steps) {
          const at = key(hash, POSITIONS[hash] as number, range);
          if (bytes === null) {
            store.delete(at.id);
            model.delete(at.id);
          } else {
            store.put(at, image, bytes);
            model.set(at.id, { key: at, bytes });
          }
        }
        const sorted = [...model.values()].sort(
          (x, y) =>
            x.key.position - y.key.position ||
            (x.key.hash < y.key.hash ? -1 : x.key.hash > y.key.hash ? 1 : byNumber(x.key.range, y.key.range)),
        );
        const ids = (entries: Iterable<{ key: Key }>): string[] => [...entries].map((entry) => entry.key.id);
        assert.deepEqual(ids(store.inOrder(0, HASH_SPACE)), ids(sorted));
        assert.equal(store.count, model.size);
        assert.equal(
          store.bytes,
          sorted.reduce((sum, { bytes }) => sum + bytes, 0),
        );
        const after = key('b', 7, 6);
        assert.deepEqual(
          ids(store.inOrder(1, 8, after)),
          ids(
            sorted.filter(({ key: { hash, range } }) => hash === 'c' || (hash === 'b' && Number(range) > 6)),
          ),
        );
        for (const [hash, position] of Object.entries(POSITIONS)) {
          const wanted = ids(sorted.filter((entry) => entry.key.hash === hash));
          assert.deepEqual(ids(store.ofHash({ hash, position }, never, never, true)), wanted);
          const some = ids(
            store.ofHash(
              { hash, position },
              (range) => Number(range) < 3,
              (range) => Number(range) > 8,
              false,
            ),
          );
          const within = sorted.filter(
            (entry) =>
              entry.key.hash === hash && Number(entry.key.range) >= 3 && Number(entry.key.range) <= 8,
          );
          assert.deepEqual(some, ids(within).reverse());
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
