import assert from 'node:assert/strict';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { checkpoint, COLUMNS, JSON_TYPE, loadRows, ORDERS, published } from '../conformance/orders';
import { duckdbFixture } from '../duckdb-fixture';
import type { Fixture } from '../fixture';

describe('destination duckdb: long operations end when their signal aborts', () => {
  const reason = new Error('no longer wanted');
  const WIDER = COLUMNS.map((column) => (column.name === 'value' ? { ...column, type: JSON_TYPE } : column));
  let fixture: Fixture;
  let store: PipelineStore;
  beforeEach(async () => {
    fixture = await duckdbFixture();
    store = await published(fixture, [['a', '1']]);
  });
  afterEach(() => fixture.cleanup());

  /** A signal that aborts right before such a statement. Later statements are counted. */
  const abortingAt = (text: string) => {
    const stop = new AbortController();
    const seen = { later: 0 };
    fixture.onStatement((statement) => {
      if (stop.signal.aborted && statement !== 'BEGIN TRANSACTION') seen.later += 1;
      if (statement.includes(text)) stop.abort(reason);
    });
    return { signal: stop.signal, seen };
  };

  it('a lease', async () => {
    const { signal, seen } = abortingAt('SET epoch');
    await assert.rejects(fixture.destination.lease(ORDERS, signal), reason);
    assert.equal(seen.later, 0);
    fixture.onStatement(undefined);
    await store.save(checkpoint('it is still the writer'));
  });

  it('a widening, which changes nothing and succeeds later', async () => {
    const { signal, seen } = abortingAt('CREATE OR REPLACE TABLE');
    await assert.rejects(store.widen(WIDER, signal), reason);
    assert.equal(seen.later, 0);
    fixture.onStatement(undefined);
    assert.deepEqual(await store.readColumns(), COLUMNS);
    await store.widen(WIDER);
    assert.deepEqual(await store.readColumns(), WIDER);
  });

  for (const [when, text] of [
    ['while the changes are applied to the shadow', 'DELETE FROM'],
    ['while the shadow is merged', 'CREATE OR REPLACE TEMPORARY TABLE'],
  ] as const)
    it(`a publish ${when}, which leaves the table unchanged and succeeds later`, async () => {
      await store.startGeneration(2, checkpoint('generation 2'));
      await loadRows(store, [['b', '2']], { generation: 2 });
      const { signal, seen } = abortingAt(text);
      const publish = (until?: AbortSignal) => store.publish(() => checkpoint('published again'), until);
      await assert.rejects(publish(signal), reason);
      assert.equal(seen.later, 0);
      fixture.onStatement(undefined);
      assert.equal((await store.readCheckpoint())?.head, 'generation 2');
      assert.deepEqual(
        (await fixture.rows(ORDERS)).map(({ cells }) => cells['id']),
        ['a'],
      );
      assert.equal((await publish()).rows, 1);
    });
});
