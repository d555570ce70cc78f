import assert from 'node:assert/strict';
import { DestinationTableReplaced, DestinationTableTaken } from '../../../runtime/destinations/errors';
import { requirePostgres } from '../../postgres-server';
import { begin, checkpoint, loadRows, ORDERS, published } from '../conformance/orders';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

/** Other objects that may have the name of a table, as a message calls them. */
const HOLDERS: readonly (readonly [what: string, made: string, dropped: string])[] = [
  ['enum type', `CREATE TYPE orders AS ENUM ('a')`, 'DROP TYPE orders'],
  ['range type', 'CREATE TYPE orders AS RANGE (subtype = float8)', 'DROP TYPE orders'],
  ['composite type', 'CREATE TYPE orders AS (a text)', 'DROP TYPE orders'],
  ['domain', 'CREATE DOMAIN orders AS text', 'DROP DOMAIN orders'],
  ['type', 'CREATE TYPE orders', 'DROP TYPE orders'],
  ['view', 'CREATE VIEW orders AS SELECT 1 AS a', 'DROP VIEW orders'],
  ['materialized view', 'CREATE MATERIALIZED VIEW orders AS SELECT 1 AS a', 'DROP MATERIALIZED VIEW orders'],
  ['sequence', 'CREATE SEQUENCE orders', 'DROP SEQUENCE orders'],
  ['foreign table', 'CREATE FOREIGN TABLE orders (a text) SERVER elsewhere', 'DROP FOREIGN TABLE orders'],
  ['partitioned table', 'CREATE TABLE orders (a text) PARTITION BY LIST (a)', 'DROP TABLE orders'],
  ['index', 'CREATE TABLE other (a text); CREATE INDEX orders ON other (a)', 'DROP TABLE other'],
  [
    'partitioned index',
    'CREATE TABLE other (a text) PARTITION BY LIST (a); CREATE INDEX orders ON other (a)',
    'DROP TABLE other',
  ],
];

const SAYS = /^Table public\.replaced was dropped or renamed by hand, and a view has its name\./;

describe('destination postgres: a name that another object has', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  before(async () => {
    fixture = await postgresFixture();
    await fixture.sql(
      'CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER elsewhere FOREIGN DATA WRAPPER nothing',
    );
  });
  after(() => fixture.cleanup());

  const check = async () =>
    (await fixture.destination.check([{ schema: undefined, table: 'orders' }])).filter(({ met }) => !met);

  for (const [what, made, dropped] of HOLDERS)
    it(`is refused by check and by a lease, before anything is exported: ${what}`, async () => {
      await fixture.sql(made);
      try {
        const [line] = await check();
        assert.match(
          `${line?.found} ${line?.fix}`,
          new RegExp(
            `${/^[ei]/.test(what) ? 'an' : 'a'} ${what} already has the name.*--destination-table, or drop or rename that ${what}`,
          ),
        );
        await assert.rejects(fixture.destination.lease(ORDERS), (error) => {
          assert.ok(error instanceof DestinationTableTaken, String(error));
          assert.match(
            error.message,
            new RegExp(`orders \\(${what}\\).*--destination-table, or drop or rename that ${what}\\.`),
          );
          return true;
        });
      } finally {
        await fixture.sql(dropped);
      }
      assert.deepEqual(await check(), []);
    });

  it('is accepted if it belongs to an array type, which PostgreSQL renames', async () => {
    await fixture.sql(`CREATE TABLE makes_room (a text)`);
    const target = { ...ORDERS, table: '_makes_room', pipeline: 'makes room' };
    const store = await published(fixture, [['a', '1']], target);
    assert.deepEqual(await check(), []);
    await store.release();
  });

  it('is refused at the publish if it was taken during the load', async () => {
    const target = { ...ORDERS, table: 'late', pipeline: 'late' };
    const store = await begin(fixture, target);
    await loadRows(store, [['a', '1']]);
    await fixture.sql(`CREATE TYPE late AS ENUM ('a')`);
    const publish = () => store.publish(() => checkpoint('published'));
    await assert.rejects(publish(), DestinationTableTaken);
    await fixture.sql('DROP TYPE late');
    assert.equal((await publish()).rows, 1);
    await store.release();
  });

  it('is refused if a view has replaced the published table', async () => {
    const target = { ...ORDERS, table: 'replaced', pipeline: 'replaced' };
    const store = await published(fixture, [['a', '1']], target);
    await store.release();
    await fixture.sql(
      'ALTER TABLE replaced RENAME TO kept; CREATE VIEW replaced AS SELECT 1 AS id FROM kept',
    );
    await assert.rejects(fixture.destination.lease(target), (error) => {
      assert.ok(error instanceof DestinationTableReplaced, String(error));
      assert.match(error.message, SAYS);
      return true;
    });
    const lines = await fixture.destination.check([{ schema: undefined, table: 'replaced' }]);
    assert.match(lines.find(({ met }) => !met)?.found ?? '', SAYS);
    // The view has columns of other types than the table.
    assert.match((await fixture.destination.inspect('replaced'))?.problem ?? '', SAYS);
  });
});
