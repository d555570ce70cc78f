import assert from 'node:assert/strict';
import { DestinationTableTaken, DestinationUnusable } from '../../../runtime/destinations/errors';
import { MOST_COLUMNS } from '../../../runtime/destinations/postgres/config';
import type { Cell, Column } from '../../../runtime/item/column';
import { requirePostgres } from '../../postgres-server';
import {
  assertRows,
  attribute,
  begin,
  BINARY,
  BOOLEAN,
  bury,
  checkpoint,
  COLUMNS,
  ID,
  INT64,
  JSON_TYPE,
  loadRows,
  numberType,
  ORDERS,
  published,
  row,
  SOFT_ORDERS,
  TEXT,
  upsert,
} from '../conformance/orders';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

describe('destination postgres: its tables', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  beforeEach(async () => (fixture = await postgresFixture()));
  afterEach(() => fixture.cleanup());

  it('have a type for each column that is exact for all of its values', async () => {
    const columns = [
      ID,
      attribute('int64', INT64),
      attribute('money', numberType(20, 2)),
      attribute('json', JSON_TYPE),
      attribute('binary', BINARY),
      attribute('boolean', BOOLEAN),
    ];
    await published(fixture, [], SOFT_ORDERS, columns);
    const described = await fixture.sql(
      `SELECT column_name, data_type, collation_name, is_nullable FROM information_schema.columns
         WHERE table_name = 'orders' ORDER BY ordinal_position`,
    );
    assert.deepEqual(
      described.map((column) => Object.values(column)),
      [
        ['id', 'text', 'C', 'NO'],
        ['int64', 'numeric', null, 'YES'],
        ['money', 'numeric', null, 'YES'],
        ['json', 'jsonb', null, 'YES'],
        ['binary', 'bytea', null, 'YES'],
        ['boolean', 'boolean', null, 'YES'],
        ['__source_time', 'timestamp with time zone', null, 'YES'],
        ['__deleted', 'boolean', null, 'NO'],
      ],
    );
    const [key] = await fixture.sql(
      `SELECT pg_get_constraintdef(oid) AS key FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'p'`,
    );
    assert.equal(key?.['key'], 'PRIMARY KEY (id)');
  });

  it('keep views, privileges, indexes and unchanged rows through a resync', async () => {
    const role = `reader_${fixture.database.name}`;
    const store = await published(fixture, [
      ['a', '1'],
      ['b', '2'],
    ]);
    await fixture.sql(`CREATE ROLE ${role}`);
    try {
      await fixture.sql(`GRANT SELECT ON orders TO ${role}`);
      await fixture.sql(`CREATE VIEW large AS SELECT id FROM orders WHERE value > '1'`);
      await fixture.sql(`CREATE INDEX by_value ON orders (value)`);
      const before = await fixture.sql(`SELECT xmin::text, ctid::text FROM orders WHERE id = 'b'`);
      await store.startGeneration(2, checkpoint('generation 2'));
      await loadRows(
        store,
        [
          ['b', '2'],
          ['c', '3'],
        ],
        { generation: 2 },
      );
      await store.publish(() => checkpoint('published'));
      assert.deepEqual(await fixture.sql('SELECT id FROM large ORDER BY id'), [{ id: 'b' }, { id: 'c' }]);
      assert.deepEqual(
        await fixture.sql(`SELECT xmin::text, ctid::text FROM orders WHERE id = 'b'`),
        before,
        'an unchanged row is not written',
      );
      const [kept] = await fixture.sql(
        `SELECT has_table_privilege('${role}', 'orders', 'SELECT') AS granted, to_regclass('by_value') IS NOT NULL AS indexed`,
      );
      assert.deepEqual(kept, { granted: true, indexed: true });
    } finally {
      await fixture.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('have the default privileges of the schema', async () => {
    const role = `reader_${fixture.database.name}`;
    await fixture.sql(`CREATE ROLE ${role}`);
    try {
      await fixture.sql(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${role}`);
      await published(fixture, [['a', '1']]);
      const [row] = await fixture.sql(`SELECT has_table_privilege('${role}', 'orders', 'SELECT') AS granted`);
      assert.equal(row?.['granted'], true);
    } finally {
      await fixture.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('leave an existing table or view alone', async () => {
    await fixture.sql('CREATE TABLE orders (mine integer)');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableTaken);
    await fixture.sql('DROP TABLE orders');
    const store = await begin(fixture);
    await loadRows(store, [['a', '1']]);
    await fixture.sql('CREATE VIEW orders AS SELECT 1 AS mine');
    const publish = () => store.publish(() => checkpoint('published'));
    await assert.rejects(publish(), DestinationTableTaken);
    assert.deepEqual(await fixture.sql('SELECT * FROM orders'), [{ mine: 1 }]);
    await fixture.sql('DROP VIEW orders');
    assert.equal((await publish()).rows, 1);
  });

  it('differ if their names differ only in case', async () => {
    for (const table of ['orders', 'Orders', 'ORDERS']) {
      const store = await published(fixture, [[table, '1']], { ...ORDERS, table, pipeline: table });
      await store.release();
    }
    assert.deepEqual(await fixture.sql('SELECT id FROM "Orders"'), [{ id: 'Orders' }]);
  });

  it('can be in any schema, with any name that PostgreSQL can hold', async () => {
    const target = { ...ORDERS, schema: 'my "schema"', table: `or"ders.${'é'.repeat(27)}` };
    const store = await published(fixture, [['a', '1']], target);
    await store.apply(
      'visible',
      { columns: COLUMNS, changes: [upsert('b', ['2']), bury('c')] },
      checkpoint('x'),
    );
    await assertRows(fixture, target, [
      row({ id: 'a', value: '1' }),
      row({ id: 'b', value: '2' }, 1_700_000_000_000),
    ]);
    const lengthy = { ...ORDERS, table: 'x'.repeat(64), pipeline: 'lengthy' };
    await assert.rejects(fixture.destination.lease(lengthy), /has 64 bytes.*at most 63.*--destination-table/);
    await assert.rejects(
      fixture.destination.lease({ ...ORDERS, schema: '_replicator', pipeline: 'x' }),
      DestinationUnusable,
    );
  });

  it('are reported when they were dropped', async () => {
    await published(fixture, [['a', '1']]);
    await fixture.sql('DROP TABLE orders');
    await assert.rejects(fixture.destination.lease(ORDERS), /dropped or renamed by hand/);
  });

  it('show times in the zone of the reader, and query results as the engine prints them', async () => {
    const store = await published(fixture, []);
    const changes = [upsert('a', ['1'], Date.UTC(2026, 0, 2, 3, 4, 5))];
    await store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
    const { columns, rows } = await fixture.destination.query(
      `SELECT __source_time AT TIME ZONE 'UTC' AS time, id, id, NULL AS nothing, 1.50 AS number FROM orders`,
    );
    assert.deepEqual(columns, ['time', 'id', 'id', 'nothing', 'number']);
    assert.deepEqual(rows, [['2026-01-02 03:04:05', 'a', 'a', null, '1.50']]);
    await assert.rejects(fixture.destination.query('DELETE FROM orders'), /read-only/);
  });

  it(`hold ${MOST_COLUMNS} columns and the rest, with any values, even while some are widened`, async () => {
    const wide = await postgresFixture({ smallTableBytes: 0 });
    try {
      const names = Array.from({ length: MOST_COLUMNS - 1 }, (_, i) => `c${i}`);
      const columns: readonly Column[] = [
        ID,
        ...names.map((name) => attribute(name, TEXT)),
        { attribute: '__rest', name: '__rest', type: JSON_TYPE, role: 'rest' },
      ];
      // Text of 23 bytes is the largest that PostgreSQL does not move out of a row. Shorter or longer text takes less
      // of the row.
      const cells = (key: string): readonly Cell[] => [key, ...names.map(() => 'x'.repeat(23)), '{"a":"x"}'];
      const store = await begin(wide, SOFT_ORDERS, columns);
      await loadRows(store, [cells('loaded')], { columns });
      const change = (key: string) => ({
        action: 'upsert' as const,
        keyText: key,
        sourceTime: 1000,
        cells: cells(key),
      });
      await store.apply('changes', { columns, changes: [change('changed')] }, checkpoint('changed'));
      await store.publish(() => checkpoint('published'));
      await store.apply('visible', { columns, changes: [change('streamed')] }, checkpoint('streamed'));
      for (const from of [0, 8, 16]) {
        const widened = columns.map((column, i) =>
          i > 0 && i <= from + 8 ? { ...column, type: JSON_TYPE } : column,
        );
        await store.widen(widened);
      }
      assert.equal((await wide.rows(SOFT_ORDERS)).length, 3);
    } finally {
      await wide.cleanup();
    }
  });
});
