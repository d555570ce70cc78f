import assert from 'node:assert/strict';
import { DuckDBFile } from '../exactness/duckdb-reader';
import { Place } from './place';

/** What each verb reports about a destination in which people have dropped or altered one of two tables. */
describe('bad input: a table of the destination changed by hand', () => {
  let place: Place;
  beforeEach(async () => {
    place = await Place.open();
    place.createTable('customers');
    place.put('customers', 1);
    place.simulator.clock.advance?.(3_600_000);
  });
  afterEach(() => place.close());

  const human = (...words: string[]) =>
    place.words('run', '--log-format', 'human', '--table', 'orders', '--table', 'customers', ...words);
  const both = ({ written }: { readonly written: string }) =>
    (written.match(/published/g) ?? []).length === 2;
  const byHand = async (statement: string) => {
    const file = await DuckDBFile.open(place.to);
    await file.run(statement);
    file.close();
  };
  const rowsOf = async (table: string) => {
    const file = await DuckDBFile.open(place.to);
    try {
      return await file.rows(`SELECT id, value FROM ${table} ORDER BY id`);
    } finally {
      file.close();
    }
  };

  for (const [what, statement, says, fix] of [
    [
      'dropped',
      'DROP TABLE orders',
      /Table main\.orders is missing from the destination: it was dropped or renamed by hand/,
      'dynamodb-replicator resync --table orders --bucket my-exports/some/prefix --to ',
    ],
    [
      'altered',
      'ALTER TABLE orders ALTER COLUMN id TYPE SMALLINT',
      /Column id of table main\.orders was altered by hand: its type is SMALLINT instead of BIGINT/,
      'ALTER TABLE "main"."orders" ALTER COLUMN "id" TYPE BIGINT;',
    ],
  ] as const) {
    it(`${what}: status, check and run name it, the other table continues, and the printed command restores it`, async () => {
      assert.equal((await place.sayUntil(human(), both)).code, 0);
      await byHand(statement);

      const status = await place.say('status', '--to', place.to);
      assert.equal(status.code, 0, status.all);
      const [, customers = '', orders = ''] = /(\ncustomers\n[^]*?)?(\norders\n[^]*)/.exec(status.out) ?? [];
      assert.match(orders, says);
      assert.match(status.out, /\ncustomers\n/);
      assert.doesNotMatch(customers, /error/);

      const check = await place.say(...place.words('check', '--table', 'orders', '--table', 'customers'));
      assert.equal(check.code, 1, check.all);
      const crosses = check.out.split('\n').filter((line) => line.startsWith('✗'));
      assert.equal(crosses.length, 1, check.out);
      assert.match(crosses[0]!, says);
      assert.ok(check.out.includes(fix), check.out);

      place.put('customers', 2, 'later');
      const run = await place.sayUntil(
        human(),
        ({ written }) => says.test(written) && /customers +following/.test(written),
      );
      assert.match(run.all, says);
      assert.doesNotMatch(run.all, /a bug in dynamodb-replicator|\n +at /);

      if (what === 'altered') {
        const refused = await place.say(...place.words('resync', '--yes'));
        assert.equal(refused.code, 1);
        assert.match(refused.all, says);
        await byHand(fix);
      }
      const resync = await place.say(...place.words('resync', '--yes'));
      assert.equal(resync.code, 0, resync.all);
      assert.equal((await rowsOf('orders')).length, 20);
      const again = await place.say('status', '--to', place.to);
      assert.doesNotMatch(again.out, /by hand/);
    });
  }
});
