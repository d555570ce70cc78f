import assert from 'node:assert/strict';
import { Application, type Write } from '../../bench/healing/application';

const ROWS = 1_000;

/** Applies writes, and returns the keys that each kind of change happened to. */
function fates(keys: Set<number>, writes: readonly Write[]) {
  const before = new Set(keys);
  for (const { do: what, key } of writes) {
    if (what === 'put') keys.add(key);
    else assert.ok(keys.delete(key), `key ${key} is deleted, but does not exist`);
  }
  const changed = [...new Set(writes.map(({ key }) => key))];
  const count = (is: (key: number) => boolean) => changed.filter(is).length;
  return {
    changed: changed.length,
    updated: count((key) => before.has(key) && keys.has(key)),
    inserted: count((key) => !before.has(key) && keys.has(key)),
    deleted: count((key) => before.has(key) && !keys.has(key)),
    fleeting: count((key) => !before.has(key) && !keys.has(key)),
  };
}

describe('bench: the application of a table that is healed', () => {
  const initially = () => new Set(Array.from({ length: ROWS }, (_, key) => key));

  it('changes exactly so many keys in all four ways, and keeps the size of the table, time after time', () => {
    const application = new Application(ROWS, 1);
    const keys = initially();
    for (const changed of [100, 500]) {
      assert.deepEqual(fates(keys, application.writes(changed)), {
        changed,
        updated: changed * 0.7,
        inserted: changed * 0.1,
        deleted: changed * 0.1,
        fleeting: changed * 0.1,
      });
      assert.equal(keys.size, ROWS);
    }
  });

  it('makes the same writes from the same seed, and others from another', () => {
    const writes = (seed: number) => new Application(ROWS, seed).writes(50);
    assert.deepEqual(writes(1), writes(1));
    assert.notDeepEqual(writes(1), writes(2));
  });
});
