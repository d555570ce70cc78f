import assert from 'node:assert/strict';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { DestinationTableReplaced, DestinationUnusable } from '../../../runtime/destinations/errors';
import {
  attribute,
  checkpoint,
  ID,
  INT64,
  JSON_TYPE,
  loadRows,
  numberType,
  ORDERS,
  published,
  remove,
  TEXT,
  upsert,
} from '../conformance/orders';
import { storesNoDefaults } from '../defaults';
import { duckdbFixture, type DuckDBFixture } from '../duckdb-fixture';
import { shown } from '../shown';

/** Part of every value that is refused. */
const MARK = 'zqzqmarkzqzq';
const COLUMNS = [ID, attribute('note', TEXT), attribute('n', INT64)];
const SOURCE_TIME = '__source_time TIMESTAMP';
const FIRST = `INSERT INTO orders (id, note, n) VALUES ('a', '1', 1)`;
const LARGEST = '9223372036854775807';

type Work = (store: PipelineStore) => Promise<unknown>;

const put =
  (id: string, ...cells: string[]): Work =>
  (store) =>
    store.apply('visible', { columns: COLUMNS, changes: [upsert(id, cells)] }, checkpoint('put'));
const putWithoutNote: Work = (store) =>
  store.apply('visible', { columns: [ID, COLUMNS[2]!], changes: [upsert(MARK, ['1'])] }, checkpoint('put'));
const removeReferred: Work = (store) =>
  store.apply('visible', { columns: COLUMNS, changes: [remove('a')] }, checkpoint('removed'));
const widen: Work = (store) => store.widen([ID, COLUMNS[1]!, attribute('n', numberType(20, 2))]);
const toJson: Work = (store) => store.widen([ID, attribute('note', JSON_TYPE), COLUMNS[2]!]);
const resync: Work = async (store) => {
  const { epoch } = store;
  await store.startGeneration(epoch, checkpoint('begun'));
  const rows = [
    ['b', MARK, LARGEST],
    ['c', MARK, LARGEST],
  ];
  await loadRows(store, rows, { columns: COLUMNS, generation: epoch });
  await store.publish(() => checkpoint('published'));
};

interface Case {
  readonly made: readonly string[];
  readonly refused: Work;
  /** How the message names the object. */
  readonly label: RegExp;
  readonly fix: string;
  /** What `check` reports. */
  readonly check: RegExp;
  /** Known when the lease is taken. */
  readonly atLease?: true;
}

const rebuilt = (definition: string) => [
  `CREATE OR REPLACE TABLE orders (${definition}, ${SOURCE_TIME})`,
  FIRST,
];
const REBUILD = 'CREATE OR REPLACE TABLE "main"."orders" AS FROM "main"."orders";';

const replaced = (table: string) =>
  `CREATE TABLE "main"."${table}_copy" AS FROM "main"."${table}"; DROP TABLE "main"."${table}"; ` +
  `ALTER TABLE "main"."${table}_copy" RENAME TO "${table}";`;
const REPLACE_THEIRS = replaced('theirs');

const CASES: Readonly<Record<string, Case>> = {
  'a unique index': {
    made: ['CREATE UNIQUE INDEX "by ""hand" ON orders (note, n)', `UPDATE orders SET note = '${MARK}'`],
    refused: put('b', MARK, '1'),
    label: /unique index "by ""hand" \(note, n\); it refuses equal values/,
    fix: 'DROP INDEX "main"."by ""hand";',
    check: /note: it refuses equal values/,
  },
  'a unique index, in a resync': {
    made: ['CREATE UNIQUE INDEX by_hand ON orders (note)'],
    refused: resync,
    label: /unique index "by_hand" \(note\); it refuses equal values/,
    fix: 'DROP INDEX "main"."by_hand";',
    check: /note: it refuses equal values/,
  },
  'an index with an expression that cannot convert a value': {
    made: ['CREATE INDEX by_hand ON orders ((CAST(note AS INTEGER)))'],
    refused: put('b', MARK, '1'),
    label: /index "by_hand" \(\(CAST\(note AS INTEGER\)\)\); its expression/,
    fix: 'DROP INDEX "main"."by_hand";',
    check: /note: its expression is evaluated for every row/,
  },
  'an index with an expression that overflows': {
    made: ['CREATE INDEX by_hand ON orders ((n * 1000000))'],
    refused: put('b', MARK, LARGEST),
    label: /index "by_hand" \(\(\(n \* 1000000\)\)\); its expression/,
    fix: 'DROP INDEX "main"."by_hand";',
    check: /note: its expression is evaluated for every row/,
  },
  'an index, when a column must change its type': {
    made: ['CREATE INDEX by_hand ON orders (note)'],
    refused: widen,
    label: /index "by_hand" \(note\); it prevents a change/,
    fix: 'DROP INDEX "main"."by_hand";',
    check: /note: it prevents a change/,
  },
  'an index, when the table must be rebuilt': {
    made: ['CREATE INDEX by_hand ON orders (note)'],
    refused: toJson,
    label: /must be rebuilt to change the type of "note"\. .* index "by_hand" \(note\); it would be lost/,
    fix: 'DROP INDEX "main"."by_hand";',
    check: /note: it prevents a change/,
  },
  'NOT NULL': {
    made: ['ALTER TABLE orders ALTER note SET NOT NULL', 'ALTER TABLE orders ALTER n SET NOT NULL'],
    refused: putWithoutNote,
    label: /Cause: column "note", which is NOT NULL; it refuses items without the attribute/,
    fix: 'ALTER TABLE "main"."orders" ALTER COLUMN "note" DROP NOT NULL;',
    check: /note: it refuses items without the attribute/,
  },
  'NOT NULL, with an index': {
    made: ['ALTER TABLE orders ALTER note SET NOT NULL', 'CREATE INDEX by_hand ON orders (n)'],
    refused: putWithoutNote,
    label: /column "note", which is NOT NULL/,
    fix: 'DROP INDEX "main"."by_hand"; ALTER TABLE "main"."orders" ALTER COLUMN "note" DROP NOT NULL;',
    check: /note: it refuses items without the attribute/,
  },
  'NOT NULL, with a table that refers to it': {
    made: [
      'ALTER TABLE orders ALTER note SET NOT NULL',
      'ALTER TABLE orders ADD PRIMARY KEY (id)',
      'CREATE TABLE theirs (id VARCHAR REFERENCES orders (id))',
    ],
    refused: putWithoutNote,
    label: /column "note", which is NOT NULL/,
    fix: `${REPLACE_THEIRS} ` + 'ALTER TABLE "main"."orders" ALTER COLUMN "note" DROP NOT NULL;',
    check: /note: it refuses items without the attribute/,
  },
  'NOT NULL of a column that a user added': {
    made: [
      'ALTER TABLE orders ADD COLUMN "their own" INTEGER',
      'UPDATE orders SET "their own" = 1',
      'ALTER TABLE orders ALTER "their own" SET NOT NULL',
    ],
    refused: put('b', MARK, '1'),
    label: /column "their own", which is NOT NULL; it belongs to no attribute/,
    fix: 'ALTER TABLE "main"."orders" ALTER COLUMN "their own" DROP NOT NULL;',
    check: /^it belongs to no attribute/,
    atLease: true,
  },
  'a CHECK': {
    made: rebuilt(`id VARCHAR, note VARCHAR CHECK (length(note) < 5), n BIGINT`),
    refused: put('b', MARK, '1'),
    label: /constraint CHECK\(\(length\(note\) < 5\)\); it refuses rows/,
    fix: REBUILD,
    check: /note: it refuses rows that violate it/,
  },
  'a CHECK whose expression fails': {
    made: rebuilt(`id VARCHAR, note VARCHAR CHECK (CAST(note AS INTEGER) > 0), n BIGINT`),
    refused: put('b', MARK, '1'),
    label: /constraint CHECK\(\(CAST\(note AS INTEGER\) > 0\)\); it refuses rows/,
    fix: REBUILD,
    check: /note: it refuses rows that violate it/,
  },
  'a CHECK, when its column must change its type': {
    made: rebuilt(`id VARCHAR, note VARCHAR, n BIGINT CHECK (n > 0)`),
    refused: widen,
    label: /constraint CHECK\(\(n > 0\)\); it prevents a change/,
    fix: REBUILD,
    check: /note: it refuses rows that violate it/,
  },
  UNIQUE: {
    made: [...rebuilt(`id VARCHAR, note VARCHAR UNIQUE, n BIGINT`), `UPDATE orders SET note = '${MARK}'`],
    refused: put('b', MARK, '1'),
    label: /constraint UNIQUE\(note\); it refuses equal values/,
    fix: REBUILD,
    check: /note: it refuses equal values/,
  },
  'a foreign key': {
    made: [
      'CREATE TABLE theirs (note VARCHAR PRIMARY KEY)',
      `INSERT INTO theirs VALUES ('1')`,
      ...rebuilt(`id VARCHAR, note VARCHAR REFERENCES theirs (note), n BIGINT`),
    ],
    refused: put('b', MARK, '1'),
    label: /constraint FOREIGN KEY \(note\) REFERENCES theirs\(note\); it refuses rows/,
    fix: replaced('orders'),
    check: /note: it refuses rows whose counterpart/,
  },
  'a foreign key, when the table must be rebuilt': {
    made: [
      'CREATE TABLE theirs (note VARCHAR PRIMARY KEY)',
      `INSERT INTO theirs VALUES ('1')`,
      ...rebuilt(`id VARCHAR, note VARCHAR REFERENCES theirs (note), n BIGINT`),
    ],
    refused: toJson,
    label: /FOREIGN KEY \(note\) REFERENCES theirs\(note\); it would damage the other table/,
    fix: replaced('orders'),
    check: /note: it refuses rows whose counterpart/,
  },
  'a foreign key of another table': {
    made: [
      'ALTER TABLE orders ADD PRIMARY KEY (id)',
      'CREATE TABLE theirs (id VARCHAR REFERENCES orders (id))',
      `INSERT INTO theirs VALUES ('a')`,
    ],
    refused: removeReferred,
    label:
      /constraint FOREIGN KEY \(id\) REFERENCES orders\(id\) of table "main"\."theirs"; it refuses to change/,
    fix: REPLACE_THEIRS,
    check: /note: it refuses to change or delete rows/,
  },
  'a generated column': {
    made: rebuilt(`id VARCHAR, note VARCHAR, n BIGINT, g INTEGER AS (CAST(note AS INTEGER))`),
    refused: put('b', MARK, '1'),
    label: /generated column "g" \(.*\); its expression is evaluated/,
    fix: 'ALTER TABLE "main"."orders" DROP COLUMN "g";',
    check: /note: its expression is evaluated/,
  },
  'a generated column, when a column that it refers to must change its type': {
    made: rebuilt(`id VARCHAR, note VARCHAR, n BIGINT, g BIGINT AS (n + 1)`),
    refused: widen,
    label: /generated column "g" \(.*\); it prevents a change/,
    fix: 'ALTER TABLE "main"."orders" DROP COLUMN "g";',
    check: /note: its expression is evaluated/,
  },
  'a generated column in place of one of the table': {
    made: [
      `CREATE OR REPLACE TABLE orders (id VARCHAR, note VARCHAR, n BIGINT AS (length(note)), ${SOURCE_TIME})`,
      `INSERT INTO orders (id, note) VALUES ('a', '1')`,
    ],
    refused: put('b', MARK, '1'),
    label: /generated column "n" \(.*\); nothing can be written to it/,
    fix: REBUILD,
    check: /^nothing can be written to it/,
    atLease: true,
  },
};

describe('destination duckdb: objects that users added to its tables', () => {
  let fixture: DuckDBFixture;
  let store: PipelineStore;
  beforeEach(async () => {
    fixture = await duckdbFixture();
    store = await published(fixture, [['a', '1', '1']], ORDERS, COLUMNS);
  });
  afterEach(() => fixture.cleanup());

  const failure = async (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => assert.fail('it should be refused'),
      (error: unknown) => error as Error,
    );
  const lines = async () => (await fixture.destination.check([ORDERS])).slice(1);

  for (const [what, { made, refused, label, fix, check, atLease }] of Object.entries(CASES)) {
    it(`names ${what}, with statements that work, in the error and in check, without values`, async () => {
      for (const statement of made) await fixture.sql(statement);
      const found = (await lines()).find((line) => line.fix?.endsWith(fix));
      assert.match(found?.found ?? '', check);
      assert.equal(found?.met, !atLease);
      if (atLease) {
        const error = await failure(fixture.destination.lease(ORDERS));
        assert.match(error.message, label);
        assert.ok(error.message.includes(fix), error.message);
      }
      const error = await failure(refused(store));
      assert.ok(error instanceof DestinationUnusable, String(error));
      assert.match(error.message, label);
      assert.ok(error.message.endsWith(`: ${fix} then start the replicator again.`), error.message);
      for (const value of [MARK, LARGEST]) assert.ok(!shown(error).includes(value), shown(error));
      await fixture.sql(fix);
      const again = await fixture.destination.lease(ORDERS);
      await refused(again);
      // DuckDB keeps some foreign keys in the other table after they are gone.
      for (const table of ['theirs', 'orders'])
        if (made.join().includes(table)) await fixture.sql(`DELETE FROM ${table}`);
    });
  }

  it('lists nothing for objects that refuse no rows', async () => {
    assert.deepEqual(await lines(), []);
    await fixture.sql('CREATE VIEW theirs AS FROM orders');
    await fixture.sql('ALTER TABLE orders ADD COLUMN remark VARCHAR');
    await fixture.sql(`ALTER TABLE orders ADD COLUMN kind VARCHAR DEFAULT 'x'`);
    await fixture.sql('ALTER TABLE orders ALTER kind SET NOT NULL');
    await fixture.sql('ALTER TABLE orders ALTER id SET NOT NULL');
    assert.deepEqual(await lines(), []);
    await fixture.sql('ALTER TABLE orders ADD PRIMARY KEY (id)');
    assert.deepEqual(
      (await lines()).map(({ found }) => found),
      ['note: it prevents a change of its columns’ types, which new values may need'],
    );
    await put('b', '1', '1')(store);
  });

  it('names a column that a user added, when a new attribute needs its name', async () => {
    await fixture.sql('ALTER TABLE orders ADD COLUMN "Extra" INTEGER');
    await fixture.sql('ALTER TABLE orders ADD COLUMN extra_by_hand INTEGER');
    await fixture.sql('CREATE INDEX by_hand ON orders (n)');
    const wider = [...COLUMNS, attribute('extra', INT64)];
    const error = await failure(store.widen(wider));
    assert.ok(error instanceof DestinationUnusable, String(error));
    const [, fix] = /Rename the column: (.*;) then start the replicator again\.$/.exec(error.message) ?? [];
    assert.equal(
      fix,
      'DROP INDEX "main"."by_hand"; ALTER TABLE "main"."orders" RENAME COLUMN "Extra" TO "Extra_by_hand_2";',
    );
    await fixture.sql(fix);
    await store.widen(wider);
  });

  it('stores no default of a user in a deleted row of which only the key is known', () =>
    storesNoDefaults(fixture));

  it('names a view that has the name of the table', async () => {
    await store.release();
    await fixture.sql('ALTER TABLE orders RENAME TO theirs');
    await fixture.sql('CREATE VIEW orders AS FROM theirs');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableReplaced);
    const [line] = await lines();
    assert.equal(line?.met, false);
    assert.match(line?.found ?? '', /a view has its name/);
    await fixture.sql('DROP VIEW orders; ALTER TABLE theirs RENAME TO orders');
    await fixture.destination.lease(ORDERS);
  });

  it('has a cross in check for a view that has the name of a new table', async () => {
    await fixture.sql('CREATE VIEW another AS SELECT 1 AS one');
    const [, line] = await fixture.destination.check([{ schema: undefined, table: 'another' }]);
    assert.match(line?.found ?? '', /^a view already has the name/);
    assert.match(line?.fix ?? '', /drop or rename that view\.$/);
  });
});
