import assert from 'node:assert/strict';
import { ChangedByHand } from '../../../runtime/destinations/errors';
import { requirePostgres } from '../../postgres-server';
import { checkpoint, COLUMNS, ORDERS, published, upsert } from '../conformance/orders';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

const SAYS = /^Table public\.orders has no unique index over its key/;

describe('destination postgres: a table without the index of its key', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  beforeEach(async () => (fixture = await postgresFixture()));
  afterEach(() => fixture.cleanup());

  for (const [what, id, sql] of [
    [
      'a copy',
      'a',
      'CREATE TABLE copy AS TABLE orders; DROP TABLE orders; ALTER TABLE copy RENAME TO orders',
    ],
    [
      'a copy beside the original',
      'a',
      'ALTER TABLE orders RENAME TO kept; CREATE TABLE orders AS TABLE kept',
    ],
    ['a constraint that was dropped', 'a', 'ALTER TABLE orders DROP CONSTRAINT "__r_key_1"'],
    [
      'a partial index',
      'a',
      `ALTER TABLE orders DROP CONSTRAINT "__r_key_1"; CREATE UNIQUE INDEX ON orders (id) WHERE id > ''`,
    ],
    [
      'a copy with long keys',
      'a'.repeat(2_700),
      'CREATE TABLE copy AS TABLE orders; DROP TABLE orders; ALTER TABLE copy RENAME TO orders',
    ],
  ] as const)
    it(`is named by check, status, the lease and a commit, with a statement that works: ${what}`, async () => {
      const store = await published(fixture, [[id, 'old']]);
      const put = (of = store) =>
        of.apply('visible', { columns: COLUMNS, changes: [upsert(id, ['new'])] }, checkpoint('put'));
      await put();
      await fixture.sql(sql);
      await assert.rejects(put(), { kind: 'fatal', message: SAYS });
      await store.release();
      const fix = await fixture.destination.lease(ORDERS).then(
        () => assert.fail('leased'),
        (error: unknown) => {
          assert.ok(error instanceof ChangedByHand, String(error));
          assert.match(error.message, SAYS);
          return error.fix;
        },
      );
      const unmet = (await fixture.destination.check([{ schema: undefined, table: 'orders' }])).find(
        ({ met }) => !met,
      );
      assert.match(unmet?.found ?? '', SAYS);
      assert.equal(unmet?.fix, fix);
      assert.match((await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '', SAYS);
      await fixture.sql(fix);
      const again = await fixture.destination.lease(ORDERS);
      await put(again);
      await again.release();
    });

  it('may be another unique index over the key', async () => {
    const store = await published(fixture, [['a', 'old']]);
    await store.release();
    await fixture.sql(
      'ALTER TABLE orders DROP CONSTRAINT "__r_key_1"; CREATE UNIQUE INDEX ON orders (id) INCLUDE (value)',
    );
    const again = await fixture.destination.lease(ORDERS);
    await again.apply('visible', { columns: COLUMNS, changes: [upsert('a', ['new'])] }, checkpoint('put'));
    await again.release();
  });
});
