import assert from 'node:assert/strict';
import type { Fixture } from '../fixture';
import {
  assertDeadLetters,
  assertRows,
  attribute,
  begin,
  bury,
  buryUnholdable,
  checkpoint,
  COLUMNS,
  HASHED_AS_NULL,
  ID,
  INT64,
  deadLetterOf,
  loadRows,
  ORDERS,
  published,
  remove,
  row,
  SOFT_ORDERS,
  upsert,
} from './orders';

const TIME = 1_700_000_000_000;

export function generationsConformance(open: () => Promise<Fixture>): void {
  describe('generations (rules P2, G2)', () => {
    it('show nothing before the first publish', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      await loadRows(store, [['a', '1']]);
      await store.apply(
        'changes',
        { columns: COLUMNS, changes: [upsert('b', ['2'])] },
        checkpoint('applied'),
      );
      await assertRows(fixture, ORDERS, []);
      const record = await fixture.destination.inspect(ORDERS.pipeline);
      assert.deepEqual({ rows: record?.rows, deadLetters: record?.deadLetters }, { rows: 0, deadLetters: 0 });
    });

    it('publish what the transaction reads, or nothing', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      await loadRows(store, [['a', '1']], { file: 'the file' });
      const before = await fixture.dump();
      const refused = new Error('not yet');
      await assert.rejects(
        store.publish(({ checkpoint: { head }, ledger }) => {
          assert.equal(head, 'generation 1');
          assert.deepEqual(ledger, [{ file: 'the file', items: 1 }]);
          throw refused;
        }),
        refused,
      );
      assert.equal(await fixture.dump(), before);
      await store.publish(() => checkpoint('published', { shard: 'state' }));
      const stored = await store.readCheckpoint();
      assert.deepEqual([stored?.head, [...(stored?.shards ?? [])]], ['published', [['shard', 'state']]]);
      await assert.rejects(store.publish(() => checkpoint('twice')));
    });

    it('are abandoned without a trace, and the visible table goes on (rule P3)', async () => {
      const fixture = await open();
      const store = await published(fixture, [['a', '1']]);
      await store.startGeneration(2, checkpoint('generation 2', { shard: 'at 1' }));
      await loadRows(
        store,
        [
          ['a', '1'],
          ['b', 'of the load'],
        ],
        { generation: 2, file: 'file 2', deadLetters: [deadLetterOf('x')] },
      );
      const both = [upsert('c', ['2'], TIME), bury('d')];
      await store.apply('both', { columns: COLUMNS, changes: both }, checkpoint('both'));
      await store.abandonLoad(checkpoint('abandoned'));
      const stored = await store.readCheckpoint();
      assert.deepEqual([stored?.head, [...(stored?.shards ?? [])]], ['abandoned', [['shard', 'at 1']]]);
      await assert.rejects(
        store.publish(() => checkpoint('published')),
        /no (load|generation) is/,
      );
      await store.apply(
        'visible',
        { columns: COLUMNS, changes: [upsert('e', ['3'], TIME)] },
        checkpoint('on'),
      );
      const shown = [
        row({ id: 'a', value: '1' }),
        row({ id: 'c', value: '2' }, TIME),
        row({ id: 'e', value: '3' }, TIME),
      ];
      await assertRows(fixture, ORDERS, shown);
      await assertDeadLetters(fixture, ['d']);
      const next = await fixture.destination.lease(ORDERS);
      assert.deepEqual(await next.readLedger('shadow'), []);
      await next.startGeneration(3, checkpoint('generation 3'));
      await loadRows(next, [['f', '4']], { generation: 3, file: 'file 2' });
      const result = await next.publish(() => checkpoint('published'));
      assert.deepEqual([result.rows, result.deadLetters], [1, 0]);
      await assertRows(fixture, ORDERS, [row({ id: 'f', value: '4' })]);
    });

    it('apply changes to the export', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      await loadRows(
        store,
        ['a', 'b', 'c', 'd', 'e'].map((id) => [id, `export ${id}`]),
        {
          deadLetters: [deadLetterOf('x'), deadLetterOf('y'), deadLetterOf('z'), deadLetterOf('w')],
        },
      );
      const changes = [
        upsert('a', ['changed'], TIME),
        remove('b'),
        bury('c'),
        upsert('new', ['new'], TIME),
        upsert('x', ['held now'], TIME),
        remove('y'),
        { action: 'delete dead letter' as const, keyText: 'w', sourceTime: TIME },
        buryUnholdable('u'),
      ];
      await store.apply('changes', { columns: COLUMNS, changes }, checkpoint('applied'));
      const result = await store.publish(() => checkpoint('published'));
      assert.deepEqual(result, { rows: 5, written: 5, deadLetters: 3 });
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', value: 'changed' }, TIME),
        row({ id: 'd', value: 'export d' }),
        row({ id: 'e', value: 'export e' }),
        row({ id: 'new', value: 'new' }, TIME),
        row({ id: 'x', value: 'held now' }, TIME),
      ]);
      await assertDeadLetters(fixture, ['c', 'u', 'z']);
    });

    it('start over with empty tables and an empty ledger', async () => {
      const fixture = await open();
      const store = await begin(fixture);
      await loadRows(store, [['old', '1']], { deadLetters: [deadLetterOf('old letter')] });
      await store.apply(
        'changes',
        { columns: COLUMNS, changes: [upsert('b', ['2']), bury('c')] },
        checkpoint('applied'),
      );
      await store.startGeneration(2, checkpoint('generation 2'));
      assert.deepEqual(await store.readLedger('shadow'), []);
      assert.equal((await store.readCheckpoint())?.head, 'generation 2');
      await loadRows(store, [['new', '1']], { generation: 2 });
      const result = await store.publish(() => checkpoint('published'));
      assert.deepEqual(result, { rows: 1, written: 1, deadLetters: 0 });
      await assertRows(fixture, ORDERS, [row({ id: 'new', value: '1' })]);
    });

    it('merge into the visible table later, and write only the differences', async () => {
      const fixture = await open();
      const rows = ['same', 'changed', 'gone', 'null', 'buried'].map((id) => [id, `old ${id}`]);
      const store = await published(fixture, rows);
      const streamed = [upsert('streamed', ['same value'], TIME), bury('letter gone'), bury('letter kept')];
      await store.apply('visible', { columns: COLUMNS, changes: streamed }, checkpoint('applied'));
      await store.startGeneration(2, checkpoint('generation 2'));
      await assertRowsCount(fixture, 6);
      await loadRows(
        store,
        [
          ['same', 'old same'],
          ['changed', 'new'],
          ['null', null],
          ['streamed', 'same value'],
          ['added', 'added'],
          ['replaced', 'by the change'],
          ['buried', 'by the change'],
        ],
        { generation: 2, deadLetters: [deadLetterOf('letter kept'), deadLetterOf('letter new')] },
      );
      const changes = [upsert('replaced', ['changed'], TIME + 5), bury('buried'), remove('never there')];
      await store.apply('changes', { columns: COLUMNS, changes }, checkpoint('applied'));
      const result = await store.publish(() => checkpoint('published'));
      assert.deepEqual(result, { rows: 6, written: 6, deadLetters: 3 });
      await assertRows(fixture, ORDERS, [
        row({ id: 'same', value: 'old same' }),
        row({ id: 'changed', value: 'new' }),
        row({ id: 'null', value: null }),
        row({ id: 'streamed', value: 'same value' }, TIME),
        row({ id: 'added', value: 'added' }),
        row({ id: 'replaced', value: 'changed' }, TIME + 5),
      ]);
      await assertDeadLetters(fixture, ['buried', 'letter kept', 'letter new']);
    });

    it('write a value in place of NULL, even one that hashes like NULL', async () => {
      const fixture = await open();
      const columns = [ID, attribute('value', INT64)];
      const store = await published(fixture, [['a', null]], ORDERS, columns);
      await store.startGeneration(2, checkpoint('generation 2'));
      await loadRows(store, [['a', HASHED_AS_NULL]], { columns, generation: 2 });
      assert.equal((await store.publish(() => checkpoint('published'))).written, 1);
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: HASHED_AS_NULL })]);
    });

    it('G3: give a row the time of its last change, also if its values are the same', async () => {
      const fixture = await open();
      const store = await published(fixture, [
        ['a', 'same'],
        ['b', 'same'],
        ['c', 'same'],
      ]);
      const earlier = [upsert('b', ['same'], TIME), upsert('c', ['same'], TIME)];
      await store.apply('visible', { columns: COLUMNS, changes: earlier }, checkpoint('followed'));
      await store.startGeneration(2, checkpoint('generation 2'));
      await loadRows(store, [['c', 'same']], { generation: 2 });
      const changes = [upsert('a', ['same'], TIME + 1000), upsert('b', ['same'], TIME + 1000)];
      await store.apply('changes', { columns: COLUMNS, changes }, checkpoint('applied'));
      const result = await store.publish(() => checkpoint('published'));
      assert.deepEqual(result, { rows: 3, written: 2, deadLetters: 0 });
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', value: 'same' }, TIME + 1000),
        row({ id: 'b', value: 'same' }, TIME + 1000),
        row({ id: 'c', value: 'same' }, TIME),
      ]);
    });

    it('carry soft-deleted rows over', async () => {
      const fixture = await open();
      const store = await published(
        fixture,
        ['a', 'b', 'c', 'd', 'e'].map((id) => [id, `old ${id}`]),
        SOFT_ORDERS,
      );
      const before = [remove('a', TIME), remove('b', TIME)];
      await store.apply('visible', { columns: COLUMNS, changes: before }, checkpoint('applied'));
      await store.startGeneration(2, checkpoint('generation 2'));
      await loadRows(
        store,
        [
          ['b', 'back'],
          ['d', 'old d'],
          ['f', 'export f'],
        ],
        { generation: 2 },
      );
      const later = TIME + 9000;
      const changes = [remove('d', later), remove('e', later), remove('f', later), remove('g', later)];
      await store.apply('changes', { columns: COLUMNS, changes }, checkpoint('applied'));
      const { rows, written } = await store.publish(() => checkpoint('published'));
      assert.deepEqual({ rows, written }, { rows: 1, written: 6 });
      await assertRows(fixture, SOFT_ORDERS, [
        row({ id: 'a', value: 'old a' }, TIME, true),
        row({ id: 'b', value: 'back' }),
        row({ id: 'c', value: 'old c' }, null, true),
        row({ id: 'd', value: 'old d' }, later, true),
        row({ id: 'e', value: 'old e' }, later, true),
        row({ id: 'f', value: 'export f' }, later, true),
        row({ id: 'g', value: null }, later, true),
      ]);
    });

    it('continue after the process has ended at any point', async () => {
      let fixture = await open();
      let store = await begin(fixture);
      const restart = async () => {
        await store.release();
        fixture = await fixture.reopen();
        store = await fixture.destination.lease(ORDERS);
      };
      await restart();
      await loadRows(store, [['a', '1']], { file: 'one' });
      await restart();
      await loadRows(store, [['b', '2']], { file: 'two' });
      await store.apply(
        'changes',
        { columns: COLUMNS, changes: [upsert('c', ['3'], TIME)] },
        checkpoint('applied'),
      );
      await restart();
      assert.equal((await store.readLedger('shadow')).length, 2);
      await store.publish(() => checkpoint('published'));
      await restart();
      await store.apply(
        'visible',
        { columns: COLUMNS, changes: [upsert('a', ['4'], TIME)] },
        checkpoint('applied'),
      );
      await restart();
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', value: '4' }, TIME),
        row({ id: 'b', value: '2' }),
        row({ id: 'c', value: '3' }, TIME),
      ]);
      assert.equal(store.epoch, 6);
      await fixture.destination.close();
    });
  });
}

async function assertRowsCount(fixture: Fixture, rows: number): Promise<void> {
  assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.rows, rows);
}
