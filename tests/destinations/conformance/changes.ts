import assert from 'node:assert/strict';
import type { RowChange, TableTarget } from '../../../runtime/destinations/destination';
import type { Fixture, UserRow } from '../fixture';
import {
  assertDeadLetters,
  assertRows,
  begin,
  bury,
  buryUnholdable,
  checkpoint,
  COLUMNS,
  ID,
  loadRows,
  ORDERS,
  published,
  remove,
  row,
  SOFT_ORDERS,
  sorted,
  upsert,
} from './orders';

const TIME = 1_700_000_000_000;

export function changesConformance(open: () => Promise<Fixture>): void {
  describe('changes', () => {
    /** The same changes have to produce the same table in each way. */
    const ways = ['visible', 'changes', 'both'] as const;
    const places = {
      visible: 'the visible table',
      changes: 'the changes table and published',
      both: 'both (rule P3), and published again',
    };
    for (const way of ways) {
      const publishedBy = async (target: TableTarget, batches: readonly (readonly RowChange[])[]) => {
        const fixture = await open();
        const store = await begin(fixture, target);
        await loadRows(store, [
          ['a', 'old a'],
          ['b', 'old b'],
        ]);
        if (way !== 'changes') await store.publish(() => checkpoint('published'));
        if (way === 'both') {
          await store.startGeneration(2, checkpoint('generation 2'));
          await loadRows(
            store,
            [
              ['a', 'old a'],
              ['b', 'old b'],
            ],
            { generation: 2, file: 'file 2' },
          );
        }
        for (const changes of batches) {
          await store.apply(way, { columns: COLUMNS, changes }, checkpoint('applied'));
        }
        const shown = keyed(await fixture.rows(target));
        if (way !== 'visible') await store.publish(() => checkpoint('published'));
        if (way === 'both') assert.deepEqual(keyed(await fixture.rows(target)), shown);
        return fixture;
      };

      describe(`applied to ${places[way]}`, () => {
        it('inserts, replaces and deletes', async () => {
          const fixture = await publishedBy(ORDERS, [
            [upsert('a', ['new a'], TIME), remove('b'), upsert('c', [null], TIME), remove('never there')],
            [remove('c'), upsert('d', ['d'], TIME + 1)],
          ]);
          await assertRows(fixture, ORDERS, [
            row({ id: 'a', value: 'new a' }, TIME),
            row({ id: 'd', value: 'd' }, TIME + 1),
          ]);
        });

        it('has the same result when batches are applied again', async () => {
          const once = [
            [upsert('a', ['1'], TIME), remove('b')],
            [upsert('b', ['2'], TIME), bury('a'), remove('c')],
          ];
          const fixture = await publishedBy(ORDERS, [...once, ...once, ...once]);
          await assertRows(fixture, ORDERS, [row({ id: 'b', value: '2' }, TIME)]);
          await assertDeadLetters(fixture, ['a']);
        });

        it('keeps either a row or a dead letter for a key (rule D1)', async () => {
          const fixture = await publishedBy(ORDERS, [
            [bury('a'), bury('c'), buryUnholdable('u'), buryUnholdable('v'), bury('d')],
            [
              upsert('c', ['held'], TIME),
              { action: 'delete dead letter', keyText: 'v', sourceTime: TIME },
              remove('d'),
            ],
          ]);
          await assertRows(fixture, ORDERS, [
            row({ id: 'b', value: 'old b' }),
            row({ id: 'c', value: 'held' }, TIME),
          ]);
          await assertDeadLetters(fixture, ['a', 'u']);
          const [deadLetter] = (await fixture.deadLetters(ORDERS)).filter(({ keyText }) => keyText === 'a');
          assert.deepEqual(deadLetter, {
            sourceTime: bury('a').sourceTime,
            keyText: 'a',
            item: '{"id":{"S":"a"}}',
            reason: 'it cannot be held',
            sequenceNumber: '100000000000000000001',
          });
        });

        it('marks soft deletes and keeps the last values', async () => {
          const deleted = TIME + 1000;
          const fixture = await publishedBy(SOFT_ORDERS, [
            [remove('a', deleted), upsert('c', ['c'], TIME), remove('never there', deleted)],
            [remove('c', deleted), upsert('d', ['d'], TIME)],
          ]);
          await assertRows(fixture, SOFT_ORDERS, [
            row({ id: 'a', value: 'old a' }, deleted, true),
            row({ id: 'b', value: 'old b' }),
            row({ id: 'c', value: 'c' }, deleted, true),
            row({ id: 'd', value: 'd' }, TIME),
            row({ id: 'never there', value: null }, deleted, true),
          ]);
          const record = await fixture.destination.inspect(ORDERS.pipeline);
          assert.equal(record?.rows, 2);
        });

        it('drops the dead letter of a key that is deleted, with soft deletes too', async () => {
          const fixture = await publishedBy(SOFT_ORDERS, [
            [bury('a'), bury('c')],
            [remove('a'), remove('c')],
          ]);
          await assertDeadLetters(fixture, []);
          const deleted = (await fixture.rows(SOFT_ORDERS)).filter((found) => found.deleted);
          assert.deepEqual(deleted.map(({ cells }) => cells['id']).sort(), ['a', 'c']);
        });

        it('revives a soft-deleted row, and replaces one by a dead letter', async () => {
          const fixture = await publishedBy(SOFT_ORDERS, [
            [remove('a'), remove('b'), remove('c')],
            [upsert('a', ['back'], TIME), bury('b'), upsert('c', ['made'], TIME)],
          ]);
          await assertRows(fixture, SOFT_ORDERS, [
            row({ id: 'a', value: 'back' }, TIME),
            row({ id: 'c', value: 'made' }, TIME),
          ]);
          await assertDeadLetters(fixture, ['b']);
        });
      });
    }

    it('commits the checkpoint with the rows (rule C1)', async () => {
      const fixture = await open();
      const store = await published(fixture, []);
      await store.apply(
        'visible',
        { columns: COLUMNS, changes: [upsert('a', ['1'])] },
        checkpoint('applied', { 'shard 1': 'at 5', 'shard 2': 'at 7' }),
      );
      await store.apply(
        'visible',
        { columns: COLUMNS, changes: [] },
        checkpoint('empty', { 'shard 2': null }),
      );
      const stored = await store.readCheckpoint();
      assert.equal(stored?.head, 'empty');
      assert.deepEqual([...(stored?.shards ?? [])], [['shard 1', 'at 5']]);
    });

    it('refuses columns that are not recorded, and writes nothing', async () => {
      const fixture = await open();
      const store = await published(fixture, [['a', '1']]);
      const before = await fixture.dump();
      const columns = [...COLUMNS, { ...ID, attribute: 'new', name: 'new', role: 'attribute' as const }];
      const batch = { columns, changes: [upsert('a', ['2', '3'])] };
      await assert.rejects(store.apply('visible', batch, checkpoint('applied')), /new is not recorded/);
      assert.equal(await fixture.dump(), before);
    });
  });
}

/** The rows, and of a deleted one only its key: what is its last known value depends on the way. */
function keyed(rows: readonly UserRow[]): readonly string[] {
  return sorted(
    rows.map((each) => (each.deleted ? { ...each, cells: { id: each.cells['id'] ?? null } } : each)),
  );
}
