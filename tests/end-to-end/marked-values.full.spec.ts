import assert from 'node:assert/strict';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';
import { Command, type Ended, endAll, runToEnd } from './command';
import { query } from './replica';
import { Source, type SourceTable } from './source';

/** Part of every rejected value. */
const MARK = 'zqzqmarkzqzq';

const CASES: readonly (readonly [what: string, made: string, dropped: string])[] = [
  [
    'a trigger that raises an error with it',
    `CREATE FUNCTION no_it() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
       RAISE EXCEPTION 'not %', NEW.note USING DETAIL = NEW.note, HINT = NEW.note, COLUMN = NEW.note; END$$;
     CREATE TRIGGER by_hand BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION no_it()`,
    'DROP TRIGGER by_hand ON orders',
  ],
  [
    'an index whose expression cannot take it',
    'CREATE INDEX by_hand ON orders ((CASE WHEN number = 1000001 THEN note::int END))',
    'DROP INDEX by_hand',
  ],
  [
    'a constraint',
    `ALTER TABLE orders ADD CONSTRAINT by_hand CHECK (number <> 1000002)`,
    'ALTER TABLE orders DROP CONSTRAINT by_hand',
  ],
];

describe('A value that a PostgreSQL server rejects', () => {
  before(requirePostgres);

  let database: TestDatabase;
  let source: Source;
  let table: SourceTable;
  before(async () => {
    database = await createDatabase();
    source = await Source.start({ seed: 41, rate: 200, knobs: { exportDurationMs: [60_000, 90_000] } });
    table = source.table('orders', 20);
  });
  afterEach(endAll);
  after(async () => {
    await source.stop();
    await database.drop();
  });

  const put = (number: number, note: string) =>
    table.call('PutItem', {
      Item: { customer: { S: `of ${MARK}` }, number: { N: String(number) }, note: { S: note } },
    });
  const assertUnmarked = ({ stdout, stderr }: Ended) => {
    for (const text of [stdout, stderr]) {
      const at = text.indexOf(MARK);
      assert.ok(at < 0, text.slice(Math.max(0, at - 1_000), at + 200));
    }
  };

  CASES.forEach(([what, made, dropped], i) => {
    it(`is never printed, logged or reported: ${what}`, async () => {
      const run = Command.start(source.words('run', database.url));
      await run.phase('stream');
      await query(database.url, made);
      put(1_000_000 + i, MARK);
      const ended = await run.end();
      assert.equal(ended.code, 1, ended.stderr);
      assert.match(ended.stdout, /Cause: (trigger|index|constraint) \\"by_hand\\"/);
      assertUnmarked(ended);
      for (const verb of ['status', 'check'])
        assertUnmarked(await runToEnd(source.words(verb, database.url)));
      await query(database.url, dropped);
    });
  });

  it('is never printed or logged if the server cannot hold it', async () => {
    const run = Command.start(source.words('run', database.url));
    await run.phase('stream');
    put(1_000_009, `${MARK}\0`);
    await run.line('that there is a dead letter', ({ event }) => event === 'pipeline.deadLetter');
    run.send('SIGTERM');
    const ended = await run.end();
    assertUnmarked(ended);
    assertUnmarked(await runToEnd(source.words('status', database.url)));
  });
});
