import assert from 'node:assert/strict';
import { ColumnTypeChanged } from '../../../runtime/destinations/errors';
import { attribute, checkpoint, ID, INT64, ORDERS, published, TEXT, upsert } from '../conformance/orders';
import { duckdbFixture, type DuckDBFixture } from '../duckdb-fixture';

const COLUMNS = [ID, attribute('note', TEXT), attribute('n', INT64)];
const retype = (column = 'n', type = 'BIGINT') =>
  `ALTER TABLE "main"."orders" ALTER COLUMN "${column}" TYPE ${type};`;
const REBUILD = 'CREATE OR REPLACE TABLE "main"."orders" AS FROM "main"."orders";';
const replaced = (table: string) =>
  `CREATE TABLE "main"."${table}_copy" AS FROM "main"."${table}"; DROP TABLE "main"."${table}"; ` +
  `ALTER TABLE "main"."${table}_copy" RENAME TO "${table}";`;
const NARROW = 'ALTER TABLE orders ALTER COLUMN n TYPE INTEGER';
const table = (definition: string) =>
  `CREATE OR REPLACE TABLE orders (${definition}, __source_time TIMESTAMP)`;

/** Statements of a user, and those that restore the type. */
const CASES: Readonly<Record<string, readonly [made: readonly string[], fix: string]>> = {
  nothing: [[NARROW], retype()],
  'an index': [[NARROW, 'CREATE INDEX i ON orders (id)'], `DROP INDEX "main"."i"; ${retype()}`],
  'a table that refers to it': [
    [
      NARROW,
      'ALTER TABLE orders ADD PRIMARY KEY (id)',
      'CREATE TABLE theirs (id VARCHAR REFERENCES orders (id))',
    ],
    `${replaced('theirs')} ${retype()}`,
  ],
  'a CHECK of the column': [
    [table('id VARCHAR, note VARCHAR, n INTEGER CHECK (n < 5)')],
    `${REBUILD} ${retype()}`,
  ],
  'a CHECK of the column, and an index': [
    [table('id VARCHAR, note VARCHAR, n INTEGER CHECK (n < 5)'), 'CREATE INDEX i ON orders (id)'],
    `${REBUILD} ${retype()}`,
  ],
  'a CHECK of another column': [[table(`id VARCHAR, note VARCHAR CHECK (note < '5'), n INTEGER`)], retype()],
  'a UNIQUE of the column': [[table('id VARCHAR, note VARCHAR, n INTEGER UNIQUE')], `${REBUILD} ${retype()}`],
  'a primary key with a collation': [
    [table('id VARCHAR COLLATE NOCASE PRIMARY KEY, note VARCHAR, n BIGINT')],
    `${REBUILD} ${retype('id', 'VARCHAR')}`,
  ],
  'a foreign key of the column': [
    [
      'CREATE TABLE theirs (n INTEGER PRIMARY KEY)',
      table('id VARCHAR, note VARCHAR, n INTEGER REFERENCES theirs (n)'),
    ],
    `${replaced('orders')} ${retype()}`,
  ],
  'generated columns over each other': [
    [
      table(
        `id VARCHAR, note VARCHAR, n INTEGER, g INTEGER AS (n + 1), "h ""x" INTEGER AS (g + n), o INTEGER AS (length('n'))`,
      ),
    ],
    `ALTER TABLE "main"."orders" DROP COLUMN "h ""x"; ALTER TABLE "main"."orders" DROP COLUMN "g"; ${retype()}`,
  ],
  'a generated column and an index': [
    [table('id VARCHAR, note VARCHAR, n INTEGER, g INTEGER AS (n + 1)'), 'CREATE INDEX i ON orders (id)'],
    `DROP INDEX "main"."i"; ALTER TABLE "main"."orders" DROP COLUMN "g"; ${retype()}`,
  ],
  'a generated column in its place': [
    [table('id VARCHAR, note VARCHAR, n INTEGER AS (length(note))')],
    `${REBUILD} ${retype()}`,
  ],
};

describe('destination duckdb: the statements that restore a column’s type', () => {
  let fixture: DuckDBFixture;
  beforeEach(async () => {
    fixture = await duckdbFixture();
    await (await published(fixture, [], ORDERS, COLUMNS)).release();
  });
  afterEach(() => fixture.cleanup());

  for (const [what, [made, fix]] of Object.entries(CASES)) {
    it(`D1: DuckDB executes them for a table with ${what}`, async () => {
      for (const statement of made) await fixture.sql(statement);
      await assert.rejects(fixture.destination.lease(ORDERS), (error) => {
        assert.ok(error instanceof ColumnTypeChanged, String(error));
        assert.equal(error.fix, fix);
        assert.ok(error.message.includes(`Undo that: ${fix} then reload`), error.message);
        return true;
      });
      const lines = await fixture.destination.check([ORDERS]);
      assert.deepEqual(
        lines.filter(({ met }) => !met).map((line) => line.fix),
        [fix],
      );
      await fixture.sql(fix);
      const store = await fixture.destination.lease(ORDERS);
      const changes = [upsert('a', ['1', '9223372036854775807'])];
      await store.apply('visible', { columns: COLUMNS, changes }, checkpoint('put'));
    });
  }

  it('adds a missing column to a table with an index', async () => {
    await fixture.sql('ALTER TABLE orders DROP COLUMN n');
    await fixture.sql('CREATE INDEX i ON orders (id)');
    await assert.rejects(fixture.destination.lease(ORDERS), (error) => {
      assert.ok(error instanceof ColumnTypeChanged);
      assert.equal(error.fix, 'ALTER TABLE "main"."orders" ADD COLUMN "n" BIGINT;');
      return true;
    });
    await fixture.sql('ALTER TABLE "main"."orders" ADD COLUMN "n" BIGINT;');
    await fixture.destination.lease(ORDERS);
  });

  it('drops a generated column after the index of the table and the generated column that refers to it', async () => {
    await fixture.sql(table('id VARCHAR, note VARCHAR, n BIGINT, g BIGINT AS (n + 1), h BIGINT AS (g + 1)'));
    await fixture.sql('CREATE INDEX i ON orders (id)');
    const drop = (name: string) => `ALTER TABLE "main"."orders" DROP COLUMN "${name}";`;
    const lines = await fixture.destination.check([ORDERS]);
    const fix = lines.find(({ requirement }) => requirement.includes('generated column "g"'))?.fix;
    assert.equal(fix, `Drop it: DROP INDEX "main"."i"; ${drop('h')} ${drop('g')}`);
    await fixture.sql(fix.replace('Drop it: ', ''));
    await fixture.destination.lease(ORDERS);
  });
});
