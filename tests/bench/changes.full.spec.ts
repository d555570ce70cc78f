import assert from 'node:assert/strict';
import { Changes } from '../../bench/streaming/changes';

const ROWS = 100_000;

describe('bench: generated changes', () => {
  it('are the same for the same seed, and different for another', () => {
    const batch = (seed: number) => new Changes(seed, ROWS).batch(50);
    assert.deepEqual(batch(1), batch(1));
    assert.notDeepEqual(batch(1), batch(2));
  });

  it('80 % rewrite a row, 10 % add one, 10 % delete one; no key is twice in a batch', () => {
    const changes = new Changes(1, ROWS);
    const batch = changes.batch(10_000);
    const share = (name: string) => batch.filter(({ eventName }) => eventName === name).length / batch.length;
    assert.ok(Math.abs(share('MODIFY') - 0.8) < 0.02);
    assert.ok(Math.abs(share('INSERT') - 0.1) < 0.02);
    assert.ok(Math.abs(share('REMOVE') - 0.1) < 0.02);
    assert.equal(new Set(batch.map(({ keys }) => JSON.stringify(keys.get('id')))).size, batch.length);
  });

  it('new rows come after all existing ones', () => {
    const changes = new Changes(1, ROWS);
    const added = [changes.batch(100), changes.batch(100)].flatMap((batch) =>
      batch.filter(({ eventName }) => eventName === 'INSERT').map(({ keys }) => keys.get('id')),
    );
    assert.deepEqual(
      added,
      added.map((_, i) => ({ S: `order-${ROWS + i}` })),
    );
  });
});
