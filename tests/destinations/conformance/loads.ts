import assert from 'node:assert/strict';
import { FileLoadedMeanwhile, StaleGeneration } from '../../../runtime/destinations/errors';
import type { Cell } from '../../../runtime/item/column';
import { RowCells } from '../../../runtime/item/row-cells';
import { sized } from '../../seeds';
import type { Fixture } from '../fixture';
import {
  assertDeadLetters,
  assertRows,
  begin,
  checkpoint,
  COLUMNS,
  deadLetterOf,
  loadRows,
  ORDERS,
  row,
  sorted,
  upsert,
} from './orders';
import { openLoad } from './rows-load';

const MANY = sized(20_000);

export function loadsConformance(open: () => Promise<Fixture>): void {
  describe('loads (rule P1)', () => {
    it('commits rows, dead letters and ledger entries together', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      const load = await openLoad(store, 'shadow', 1, COLUMNS);
      await load.append([['a', '1']], [deadLetterOf('x')]);
      await load.append([]);
      await load.append([['b', null]], [deadLetterOf('y')]);
      assert.deepEqual(await store.readLedger('shadow'), []);
      await load.commit([
        { file: 'data/1', items: 3 },
        { file: 'data/2', items: 1 },
      ]);
      const ledger = [...(await store.readLedger('shadow'))].sort((a, b) => (a.file < b.file ? -1 : 1));
      assert.deepEqual(ledger, [
        { file: 'data/1', items: 3 },
        { file: 'data/2', items: 1 },
      ]);
      const result = await store.publish(() => checkpoint('published'));
      assert.deepEqual(result, { rows: 2, written: 2, deadLetters: 2 });
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1' }), row({ id: 'b', value: null })]);
      await assertDeadLetters(fixture, ['x', 'y']);
    });

    it('P1: rolls back a file whose ledger entry was committed meanwhile', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      const late = await openLoad(store, 'shadow', 1, COLUMNS);
      await late.append([['a', '1']]);
      const again = await openLoad(store, 'shadow', 1, COLUMNS);
      await again.append([
        ['a', '1'],
        ['b', '2'],
      ]);
      await late.commit([{ file: 'data/1', items: 1 }]);
      const lines = [
        { file: 'data/1', items: 1 },
        { file: 'data/2', items: 1 },
      ];
      await assert.rejects(again.commit(lines), FileLoadedMeanwhile);
      assert.deepEqual(await store.readLedger('shadow'), [{ file: 'data/1', items: 1 }]);
      await loadRows(store, [['b', '2']]);
      assert.equal((await store.publish(() => checkpoint('published'))).rows, 2);
    });

    it('forgets only the rows that its sink has rewound', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      const load = await store.load('shadow', 1, COLUMNS);
      const cells = new RowCells(COLUMNS.map(({ type }) => type));
      const take = (...row: readonly Cell[]) => {
        cells.clear();
        row.forEach((cell, column) => cells.set(column, cell));
        load.sink.row(cells);
      };
      take('a', '1');
      take('b', null);
      await load.flush([]);
      take('never', 'there');
      take('nor', null);
      load.sink.rewind();
      take('c', '3');
      await load.flush([]);
      load.sink.rewind();
      await load.commit([{ file: 'file', items: 3 }]);
      await store.publish(() => checkpoint('published'));
      const expected = [
        ['a', '1'],
        ['b', null],
        ['c', '3'],
      ].map(([id, value]) => row({ id: id as Cell, value: value as Cell }));
      await assertRows(fixture, ORDERS, expected);
    });

    it('leaves nothing of a load that is rolled back, and closes every load that ends', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      const before = await fixture.dump();
      const load = await openLoad(store, 'shadow', 1, COLUMNS);
      const rows = Array.from({ length: 5000 }, (_, i) => [`k${i}`, 'x'.repeat(2000)]);
      await load.append(rows, [deadLetterOf('x')]);
      await load.rollback();
      assert.equal(await fixture.dump(), before);
      await assert.rejects(load.append([['a', '1']]));
      await assert.rejects(load.commit([]));
      await store.widen([...COLUMNS]);
      await loadRows(store, [['a', '1']]);
      await store.publish(() => checkpoint('published'));
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1' })]);
    });

    it('continues while changes are applied and checkpoints saved', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      const loads = await Promise.all([
        openLoad(store, 'shadow', 1, COLUMNS),
        openLoad(store, 'shadow', 1, COLUMNS),
      ]);
      for (let round = 0; round < 5; round++) {
        for (const [i, load] of loads.entries()) {
          const rows = Array.from({ length: 3000 }, (_, k) => [`${i}/${round}/${k}`, 'loaded']);
          await load.append(rows, [deadLetterOf(`letter ${i}/${round}`)]);
        }
        const changes = [upsert(`0/${round}/0`, ['changed']), upsert(`new ${round}`, ['changed'])];
        await store.apply(
          'changes',
          { columns: COLUMNS, changes },
          checkpoint(`round ${round}`, { shard: `${round}` }),
        );
        await store.save(checkpoint(`saved ${round}`));
      }
      await Promise.all(loads.map((load, i) => load.commit([{ file: `file ${i}`, items: 15_005 }])));
      const { rows, deadLetters } = await store.publish((view) => {
        assert.equal(view.checkpoint.head, 'saved 4');
        assert.deepEqual([...view.checkpoint.shards], [['shard', '4']]);
        assert.equal(view.ledger.length, 2);
        return checkpoint('published');
      });
      assert.deepEqual({ rows, deadLetters }, { rows: 30_005, deadLetters: 10 });
      const changed = (await fixture.rows(ORDERS)).filter(({ cells }) => cells['value'] === 'changed');
      assert.equal(changed.length, 10);
    });

    it('refuses a load of a generation that has ended', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      const stale = await openLoad(store, 'shadow', 1, COLUMNS);
      const late = await openLoad(store, 'shadow', 1, COLUMNS);
      await stale.append([['a', 'stale']], [deadLetterOf('stale')]);
      await store.startGeneration(2, checkpoint('generation 2'));
      await assert.rejects(stale.commit([{ file: 'stale', items: 2 }]), StaleGeneration);
      await assert.rejects(async () => {
        await late.append([['a', 'late']]);
        await late.commit([{ file: 'late', items: 1 }]);
      }, StaleGeneration);
      await assert.rejects(async () => {
        const load = await openLoad(store, 'shadow', 1, COLUMNS);
        await load.append([['a', 'later']]);
        await load.commit([{ file: 'later', items: 1 }]);
      }, StaleGeneration);
      assert.deepEqual(await store.readLedger('shadow'), []);
      await loadRows(store, [['b', 'fresh']], { generation: 2 });
      const open2 = await openLoad(store, 'shadow', 2, COLUMNS);
      await store.publish(() => checkpoint('published'));
      await assert.rejects(open2.commit([{ file: 'after the publish', items: 0 }]), StaleGeneration);
      await assertRows(fixture, ORDERS, [row({ id: 'b', value: 'fresh' })]);
      await assertDeadLetters(fixture, []);
    });

    it('accepts very many rows in one batch, and as many changes', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      const key = (i: number) => `key ${i}`;
      await loadRows(
        store,
        Array.from({ length: MANY }, (_, i) => [key(i), `loaded ${i}`]),
      );
      const changes = Array.from({ length: MANY }, (_, i) => upsert(key(i * 2), [`changed ${i}`], 1000));
      await store.apply('changes', { columns: COLUMNS, changes }, checkpoint('changed'));
      const { rows } = await store.publish(() => checkpoint('published'));
      assert.equal(rows, MANY * 1.5);
      const again = Array.from({ length: MANY }, (_, i) => upsert(key(i * 3), [`streamed ${i}`], 2000));
      await store.apply('visible', { columns: COLUMNS, changes: again }, checkpoint('streamed'));
      const expected = new Map<string, [string, number | null]>();
      for (let i = 0; i < MANY; i++) expected.set(key(i), [`loaded ${i}`, null]);
      for (let i = 0; i < MANY; i++) expected.set(key(i * 2), [`changed ${i}`, 1000]);
      for (let i = 0; i < MANY; i++) expected.set(key(i * 3), [`streamed ${i}`, 2000]);
      const wanted = sorted([...expected].map(([id, [value, time]]) => row({ id, value }, time)));
      const found = sorted(await fixture.rows(ORDERS));
      assert.equal(found.length, wanted.length);
      assert.equal(
        found.findIndex((line, i) => line !== wanted[i]),
        -1,
      );
    });
  });
}
