import assert from 'node:assert/strict';
import { LocalPostgres } from '../../../demo/postgres';
import type { Column } from '../../../runtime/item/column';
import { Client } from 'pg';
import { requirePostgres } from '../../postgres-server';
import {
  attribute,
  begin,
  checkpoint,
  COLUMNS,
  ID,
  JSON_TYPE,
  loadRows,
  ORDERS,
  remove,
  SOFT_ORDERS,
  upsert,
} from '../conformance/orders';
import { destinationAt } from '../postgres-fixture';

/** More than an index can hold. */
const LONG = 'x'.repeat(2_900);

describe('destination postgres: a publication of all tables', () => {
  before(requirePostgres);

  let postgres: LocalPostgres;
  let administrator: Client;
  before(async () => {
    postgres = await LocalPostgres.start();
    administrator = new Client(postgres.url());
    await administrator.connect();
    await administrator.query('CREATE PUBLICATION everything FOR ALL TABLES');
  });
  after(async () => {
    await administrator?.end();
    await postgres?.stop();
  });

  /** `d`: by the primary key; `f`: by all columns. */
  const identity = async (table: string) =>
    (await administrator.query(`SELECT relreplident FROM pg_class WHERE relname = $1`, [table])).rows[0]
      ?.relreplident;

  for (const { deletes } of [ORDERS, SOFT_ORDERS])
    it(`allows loads, both kinds of keys, resync, verify and widening, with ${deletes} deletes`, async () => {
      const target = { ...ORDERS, deletes, table: deletes, pipeline: deletes };
      const destination = destinationAt(postgres.url());
      const store = await begin({ destination }, target);
      await loadRows(store, [
        ['a', '1'],
        ['b', '2'],
      ]);
      const changes = [upsert('a', ['9']), remove('b')];
      const batch = (...more: ReturnType<typeof upsert>[]) => ({
        columns: COLUMNS,
        changes: [...changes, ...more],
      });
      await store.apply('changes', batch(), checkpoint('changes'));
      await store.publish(() => checkpoint('published'));
      assert.equal(await identity(deletes), 'd');
      await store.apply('visible', batch(upsert(LONG, ['1'])), checkpoint('long'));
      assert.equal(await identity(deletes), 'f');
      await store.apply('visible', batch(remove(LONG)), checkpoint('gone'));
      await store.startVerify();
      await store.apply('visible', batch(), checkpoint('recorded'));
      await store.endVerify();
      await store.startGeneration(2, checkpoint('second'));
      await loadRows(
        store,
        [
          ['a', '3'],
          ['c', '4'],
        ],
        { generation: 2 },
      );
      await store.apply('changes', batch(), checkpoint('changes'));
      await store.publish(() => checkpoint('published'));
      const wider: readonly Column[] = [ID, attribute('value', JSON_TYPE)];
      await store.widen(wider);
      await store.release();
      await destination.close();
    });
});
