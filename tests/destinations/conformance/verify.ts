import assert from 'node:assert/strict';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import type { Cell, Column } from '../../../runtime/item/column';
import type { DeadLetter } from '../../../runtime/item/dead-letter';
import type { Fixture } from '../fixture';
import {
  assertRows,
  attribute,
  BINARY,
  bury,
  buryUnholdable,
  checkpoint,
  COLUMNS,
  HASHED_AS_NULL,
  ID,
  INT64,
  JSON_TYPE,
  deadLetterOf,
  numberType,
  ORDERS,
  published,
  remove,
  row,
  SOFT_ORDERS,
  upsert,
} from './orders';
import { openLoad } from './rows-load';

async function loadVerify(
  store: PipelineStore,
  rows: readonly (readonly Cell[])[],
  { columns = COLUMNS, deadLetters = [] as readonly DeadLetter[], generation = 1 } = {},
): Promise<void> {
  const load = await openLoad(store, 'verify', generation, columns);
  await load.append(rows, deadLetters);
  await load.commit([{ file: 'verify file', items: rows.length + deadLetters.length }]);
}

const byKey = (a: { key: Readonly<Record<string, string>> }, b: { key: Readonly<Record<string, string>> }) =>
  JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1;

export function verifyConformance(open: () => Promise<Fixture>): void {
  describe('verify', () => {
    it('finds equal tables equal, and leaves the ledger alone', async () => {
      const fixture = await open();
      const store = await published(fixture, [
        ['a', '1'],
        ['b', null],
      ]);
      await store.startVerify();
      await loadVerify(store, [
        ['b', null],
        ['a', '1'],
      ]);
      const comparison = await store.compare(10);
      assert.deepEqual(comparison, { rowsCompared: 2, keysSkipped: 0, differences: 0, examples: [] });
      assert.equal((await store.readLedger('shadow')).length, 1);
      assert.deepEqual(await store.readLedger('verify'), [{ file: 'verify file', items: 2 }]);
      await store.startVerify();
      assert.deepEqual(await store.readLedger('verify'), []);
    });

    it('names the keys and columns that differ', async () => {
      const fixture = await open();
      const columns: readonly Column[] = [
        { ...ID, attribute: 'p', name: 'p', type: numberType(20, 3) },
        { ...ID, attribute: 's', name: 's', type: BINARY, role: 'sort key' },
        attribute('n', numberType(20, 3)),
        attribute('j', JSON_TYPE),
        attribute('b', BINARY),
      ];
      const target = {
        ...ORDERS,
        keySchema: { partition: { name: 'p', type: 'N' as const }, sort: { name: 's', type: 'B' as const } },
      };
      const bytes = (...values: number[]) => new Uint8Array(values);
      const store = await published(
        fixture,
        [
          ['1', bytes(1), '1.5', '{"a":1}', bytes(0)],
          ['1', bytes(2), '1.5', '{"a":1}', bytes(0)],
          ['2.5', bytes(1), '1.5', '{"a":1}', bytes(0)],
          ['3', bytes(1), null, null, null],
        ],
        target,
        columns,
      );
      await store.startVerify();
      await loadVerify(
        store,
        [
          ['1', bytes(1), '1.5', '{"a":1}', bytes(0)],
          ['1', bytes(2), '1.501', '{"a":1}', bytes(1)],
          ['2.5', bytes(1), '1.5', '{"a":2}', null],
          ['4', bytes(255), null, null, null],
        ],
        { columns },
      );
      const { examples, differences, rowsCompared } = await store.compare(10);
      assert.deepEqual({ differences, rowsCompared }, { differences: 4, rowsCompared: 5 });
      assert.deepEqual([...examples].sort(byKey), [
        { key: { p: '1', s: 'Ag==' }, difference: 'different', columns: ['n', 'b'] },
        { key: { p: '2.5', s: 'AQ==' }, difference: 'different', columns: ['j', 'b'] },
        { key: { p: '3', s: 'AQ==' }, difference: 'missing in the source', columns: [] },
        { key: { p: '4', s: '/w==' }, difference: 'missing in the destination', columns: [] },
      ]);
      const few = await store.compare(2);
      assert.deepEqual([few.differences, few.examples.length], [4, 2]);
    });

    it('leaves out the keys that changed, and records them with the change', async () => {
      const fixture = await open();
      const store = await published(
        fixture,
        ['a', 'b', 'c', 'd'].map((id) => [id, 'old']),
      );
      const apply = (...changes: Parameters<PipelineStore['apply']>[1]['changes']) =>
        store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
      await apply(upsert('before', ['verify']), bury('letter before'));
      await store.startVerify();
      await apply(upsert('a', ['new']), remove('b'), upsert('e', ['new']), bury('c'), buryUnholdable('u'));
      await apply(upsert('a', ['newer']), remove('never there'), remove('e'));
      await loadVerify(
        store,
        [
          ['a', 'old'],
          ['b', 'old'],
          ['c', 'old'],
          ['before', 'verify'],
        ],
        { deadLetters: [deadLetterOf('letter before')] },
      );
      const { examples, ...counts } = await store.compare(10);
      assert.deepEqual(examples, [{ key: { id: 'd' }, difference: 'missing in the source', columns: [] }]);
      assert.deepEqual(counts, { rowsCompared: 3, keysSkipped: 6, differences: 1 });
    });

    it('distinguishes a value from NULL, even one that hashes like NULL', async () => {
      const fixture = await open();
      const columns = [ID, attribute('value', INT64)];
      const store = await published(fixture, [['a', null]], ORDERS, columns);
      await store.startVerify();
      await loadVerify(store, [['a', HASHED_AS_NULL]], { columns });
      assert.deepEqual(await store.compare(1), {
        rowsCompared: 1,
        keysSkipped: 0,
        differences: 1,
        examples: [{ key: { id: 'a' }, difference: 'different', columns: ['value'] }],
      });
    });

    it('counts dead letters as rows', async () => {
      const fixture = await open();
      const store = await published(fixture, []);
      const changes = [bury('same'), bury('other item'), bury('gone')];
      await store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
      await store.startVerify();
      await loadVerify(store, [], {
        deadLetters: [deadLetterOf('same'), deadLetterOf('other item', '{}'), deadLetterOf('new')],
      });
      const { examples, ...counts } = await store.compare(10);
      assert.deepEqual(counts, { rowsCompared: 4, keysSkipped: 0, differences: 3 });
      assert.deepEqual([...examples].sort(byKey), [
        { key: { 'dead letter': 'gone' }, difference: 'missing in the source', columns: [] },
        { key: { 'dead letter': 'new' }, difference: 'missing in the destination', columns: [] },
        { key: { 'dead letter': 'other item' }, difference: 'different', columns: [] },
      ]);
    });

    it('treats a soft-deleted row as missing', async () => {
      const fixture = await open();
      const store = await published(
        fixture,
        ['a', 'b'].map((id) => [id, 'old']),
        SOFT_ORDERS,
      );
      await store.apply(
        'visible',
        { columns: COLUMNS, changes: [remove('a'), remove('b')] },
        checkpoint('applied'),
      );
      await store.startVerify();
      await loadVerify(store, [['b', 'old']]);
      const { examples, ...counts } = await store.compare(10);
      assert.deepEqual(examples, [
        { key: { id: 'b' }, difference: 'missing in the destination', columns: [] },
      ]);
      assert.equal(counts.rowsCompared, 1);
    });

    it('V1: compares only the keys of a sample, rows and dead letters', async () => {
      const fixture = await open();
      const store = await published(
        fixture,
        ['equal', 'other', 'changed', 'outside', 'changed outside'].map((id) => [id, 'old']),
      );
      const apply = (...changes: Parameters<PipelineStore['apply']>[1]['changes']) =>
        store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
      await apply(bury('same'), bury('other item'), bury('outside letter'), bury('changed letter'));
      await store.startVerify();
      await apply(
        upsert('changed', ['new']),
        remove('changed outside'),
        upsert('new outside', ['new']),
        remove('changed letter'),
        buryUnholdable('u'),
      );
      await loadVerify(
        store,
        [
          ['equal', 'old'],
          ['other', 'new'],
          ['changed', 'old'],
          ['lost', 'old'],
        ],
        {
          deadLetters: [
            deadLetterOf('same'),
            deadLetterOf('other item', '{}'),
            deadLetterOf('changed letter'),
            deadLetterOf('lost letter'),
          ],
        },
      );
      const { examples, ...counts } = await store.compare(10, undefined, 'sample');
      assert.deepEqual(counts, { rowsCompared: 6, keysSkipped: 2, differences: 4 });
      assert.deepEqual([...examples].sort(byKey), [
        { key: { 'dead letter': 'lost letter' }, difference: 'missing in the destination', columns: [] },
        { key: { 'dead letter': 'other item' }, difference: 'different', columns: [] },
        { key: { id: 'lost' }, difference: 'missing in the destination', columns: [] },
        { key: { id: 'other' }, difference: 'different', columns: ['value'] },
      ]);
      const all = await store.compare(0, undefined, 'all');
      assert.deepEqual(
        { ...all, examples: undefined },
        { rowsCompared: 8, keysSkipped: 5, differences: 6, examples: undefined },
      );
    });

    it('V1: a sample sees soft-deleted rows and rows that became dead letters as missing', async () => {
      const fixture = await open();
      const store = await published(
        fixture,
        ['a', 'b', 'c'].map((id) => [id, 'old']),
        SOFT_ORDERS,
      );
      await store.apply(
        'visible',
        { columns: COLUMNS, changes: [remove('a'), bury('b'), remove('c')] },
        checkpoint('applied'),
      );
      await store.startVerify();
      await loadVerify(store, [
        ['a', 'old'],
        ['b', 'old'],
      ]);
      const { examples, ...counts } = await store.compare(10, undefined, 'sample');
      assert.deepEqual(counts, { rowsCompared: 2, keysSkipped: 0, differences: 2 });
      assert.deepEqual(
        [...examples].sort(byKey),
        ['a', 'b'].map((id) => ({ key: { id }, difference: 'missing in the destination', columns: [] })),
      );
    });

    it('V1: starts from scratch, and records keys until it ends', async () => {
      const fixture = await open();
      const store = await published(fixture, [['a', '1']]);
      const apply = (...changes: Parameters<PipelineStore['apply']>[1]['changes']) =>
        store.apply('visible', { columns: COLUMNS, changes }, checkpoint('published'));
      const before = await fixture.dump();
      await store.startVerify();
      await apply(upsert('a', ['2']));
      await loadVerify(store, [['x', 'x']], { deadLetters: [deadLetterOf('x')] });
      await store.startVerify();
      await loadVerify(store, [['a', '2']]);
      assert.deepEqual(await store.compare(1), {
        rowsCompared: 1,
        keysSkipped: 0,
        differences: 0,
        examples: [],
      });
      await apply(upsert('b', ['2']));
      assert.equal((await store.compare(1)).keysSkipped, 1);
      await apply(remove('b'), remove('a'));
      await store.endVerify();
      await assertRows(fixture, ORDERS, []);
      const load = await openLoad(store, 'verify', 1, COLUMNS).catch(() => undefined);
      if (load !== undefined) await assert.rejects(load.commit([]));
      await apply(upsert('a', ['1']));
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1' }, 1_700_000_000_000)]);
      assert.equal((await fixture.dump()).split('\n').length, before.split('\n').length);
    });

    it('ends a comparison when its signal aborts, and continues to work', async () => {
      const fixture = await open();
      const store = await published(fixture, [['a', '1']]);
      await store.startVerify();
      await loadVerify(store, [['a', '1']]);
      const reason = new Error('no longer wanted');
      await assert.rejects(store.compare(1, AbortSignal.abort(reason)), reason);
      assert.equal((await store.compare(1, new AbortController().signal)).differences, 0);
      await store.apply('visible', { columns: COLUMNS, changes: [remove('a')] }, checkpoint('published'));
      await store.endVerify();
    });

    /** A verify that has recorded a key and loaded rows. */
    async function underWay(fixture: Fixture): Promise<{ store: PipelineStore; tables: number }> {
      const store = await published(fixture, [['a', '1']]);
      const tables = (await fixture.dump()).split('\n').length;
      await store.startVerify();
      await store.apply(
        'visible',
        { columns: COLUMNS, changes: [upsert('a', ['2'])] },
        checkpoint('published'),
      );
      await loadVerify(store, [['x', 'x']], { deadLetters: [deadLetterOf('x')] });
      return { store, tables };
    }

    it('V3: the next lease removes an interrupted verify', async () => {
      const fixture = await open();
      const { tables } = await underWay(fixture);
      const reopened = await fixture.reopen();
      const again = await reopened.destination.lease(ORDERS);
      assert.equal((await reopened.dump()).split('\n').length, tables);
      assert.deepEqual(await again.readLedger('verify'), []);
      await again.apply(
        'visible',
        { columns: COLUMNS, changes: [upsert('b', ['3'])] },
        checkpoint('published'),
      );
      assert.doesNotMatch(await reopened.dump(), /verify_\d|changed_keys/);
      await reopened.destination.close();
    });

    it('V3: the next generation removes an interrupted verify, including its open load', async () => {
      const fixture = await open();
      const { store } = await underWay(fixture);
      const load = await openLoad(store, 'verify', 1, COLUMNS);
      await load.append([['y', 'y']], []);
      await store.startGeneration(2, checkpoint('second'));
      await assert.rejects(load.commit([{ file: 'another', items: 1 }]));
      assert.deepEqual(await store.readLedger('verify'), []);
      const second = await fixture.dump();
      assert.doesNotMatch(second, /verify_\d|changed_keys/);
      await store.startVerify();
      await loadVerify(store, [['a', '2']], { generation: 2 });
      assert.equal((await store.compare(1)).differences, 0);
      await store.endVerify();
    });
  });
}
