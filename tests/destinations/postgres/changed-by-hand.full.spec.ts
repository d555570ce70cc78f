import assert from 'node:assert/strict';
import { ColumnTypeChanged, DestinationTableMissing } from '../../../runtime/destinations/errors';
import { requirePostgres } from '../../postgres-server';
import { changedByHand } from '../changed-by-hand';
import {
  assertRows,
  attribute,
  begin,
  BINARY,
  BOOLEAN,
  checkpoint,
  ID,
  JSON_TYPE,
  loadRows,
  numberType,
  ORDERS,
  published,
  row,
  TEXT,
  upsert,
} from '../conformance/orders';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

const COLUMNS = [ID, attribute('price', numberType(20, 2)), attribute('name', TEXT)];

describe('destination postgres: tables changed by hand', () => {
  before(requirePostgres);

  changedByHand(postgresFixture, {
    table: 'public.orders',
    columns: [
      ID,
      attribute('price', numberType(20, 2)),
      attribute('quantity', numberType(5, 0)),
      attribute('name', TEXT),
      attribute('paid', BOOLEAN),
      attribute('doc', JSON_TYPE),
      attribute('image', BINARY),
    ],
    cells: ['a', '12.5', '3', 'short', 'true', '{"n":1}', 'AAAA'],
    refused: [
      { column: 'price', to: 'TYPE numeric(10,2)', made: 'numeric', found: 'numeric(10,2)' },
      { column: 'price', to: 'TYPE double precision', made: 'numeric', found: 'double precision' },
      { column: 'quantity', to: 'TYPE integer', made: 'numeric', found: 'integer' },
      { column: 'name', to: 'TYPE varchar(5)', made: 'text', found: 'character varying(5)' },
      { column: 'name', to: 'TYPE char(9)', made: 'text', found: 'character(9)' },
      { column: 'name', to: 'TYPE name', made: 'text', found: 'name' },
      { column: 'doc', to: 'TYPE json', made: 'jsonb', found: 'json' },
      {
        column: '__source_time',
        to: 'TYPE timestamp(0)',
        made: 'timestamp with time zone',
        found: 'timestamp(0) without time zone',
      },
    ],
    accepted: [['name', 'TYPE varchar']],
  });

  describe('while it is written', () => {
    let fixture: PostgresFixture;
    beforeEach(async () => (fixture = await postgresFixture()));
    afterEach(() => fixture.cleanup());

    const apply = (id: string, price: string) => ({
      columns: COLUMNS,
      changes: [upsert(id, [price, 'longer than five'])],
    });

    for (const to of ['price TYPE numeric(10,2)', 'price TYPE integer', 'name TYPE varchar(20)']) {
      it(`D1: writes no value after ${to}`, async () => {
        const store = await published(fixture, [['a', '12.5', 'x']], ORDERS, COLUMNS);
        await store.apply('visible', apply('b', '1.5'), checkpoint('b'));
        await fixture.sql(`ALTER TABLE orders ALTER COLUMN ${to}`);
        const before = await fixture.dump();
        await assert.rejects(
          store.apply('visible', apply('c', '1.00512345'), checkpoint('c')),
          ColumnTypeChanged,
        );
        assert.equal(await fixture.dump(), before);
      });
    }

    const written = [
      ['changes', '_replicator.changes_1'],
      ['both', '_replicator.changes_1'],
      ['both', 'orders'],
    ] as const;
    for (const [role, altered] of written)
      it(`D1: writes no value into ${role} when ${altered} was altered during a load`, async () => {
        const store = await published(fixture, [], ORDERS, COLUMNS);
        await store.startGeneration(2, checkpoint('second'));
        await store.apply(role, apply('b', '1.5'), checkpoint('b'));
        await fixture.sql(`ALTER TABLE ${altered} ALTER COLUMN price TYPE numeric(10,2)`);
        await assert.rejects(store.apply(role, apply('c', '1.005'), checkpoint('c')), ColumnTypeChanged);
        assert.equal((await store.readCheckpoint())?.head, 'b');
      });

    it('still writes a table that was rewritten with the same columns', async () => {
      const store = await published(fixture, [['a', '12.5', 'x']], ORDERS, COLUMNS);
      await store.apply('visible', apply('b', '1.5'), checkpoint('b'));
      await fixture.sql('VACUUM FULL orders');
      await store.apply('visible', apply('b', '2.5'), checkpoint('c'));
      await fixture.sql('CLUSTER orders USING "__r_key_1"');
      await store.apply('visible', apply('b', '3.5'), checkpoint('d'));
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', price: '12.5', name: 'x' }),
        row({ id: 'b', price: '3.5', name: 'longer than five' }, 1_700_000_000_000),
      ]);
      assert.equal((await store.readCheckpoint())?.head, 'd');
    });

    it('names a table that was dropped, with the fix', async () => {
      const store = await published(fixture, [['a', '12.5', 'x']], ORDERS, COLUMNS);
      await store.apply('visible', apply('b', '1.5'), checkpoint('b'));
      await fixture.sql('DROP TABLE orders');
      await assert.rejects(
        store.apply('visible', apply('c', '2.5'), checkpoint('c')),
        DestinationTableMissing,
      );
    });
  });

  it('names a loaded table that was dropped before its next file or its publish', async () => {
    const fixture = await postgresFixture();
    const isMissing = { name: 'DestinationTableMissing', table: 'public.__r_loading_1' };
    try {
      const store = await begin(fixture, ORDERS, COLUMNS);
      await loadRows(store, [['a', '12.5', 'x']], { columns: COLUMNS });
      await fixture.sql('DROP TABLE __r_loading_1');
      await assert.rejects(store.load('shadow', 1, COLUMNS), isMissing);
      await assert.rejects(
        store.publish(() => checkpoint('published')),
        isMissing,
      );
    } finally {
      await fixture.cleanup();
    }
  });

  it('refuses a key with a collation for which different texts are equal', async () => {
    const fixture = await postgresFixture();
    try {
      await (await published(fixture, [['a', '12.5', 'x']], ORDERS, COLUMNS)).release();
      await fixture.sql(
        `CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
      );
      await fixture.sql('ALTER TABLE orders ALTER COLUMN id TYPE text COLLATE any_case');
      await assert.rejects(fixture.destination.lease(ORDERS), (error) => {
        assert.ok(error instanceof ColumnTypeChanged);
        assert.equal(error.found, 'text COLLATE any_case');
        return true;
      });
    } finally {
      await fixture.cleanup();
    }
  });
});
