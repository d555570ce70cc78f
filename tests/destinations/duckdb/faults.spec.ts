import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { DestinationUnavailable, DestinationUnusable } from '../../../runtime/destinations/errors';
import { classify } from '../../../runtime/destinations/duckdb/faults';
import { shown } from '../shown';

const SECRET = 'zqzq"xyxy\'wvwv\nqkqk';

/** Statements that fail for a value, which DuckDB quotes in its message. */
const FAILING = [
  'SELECT $1::BIGINT',
  'SELECT $1::DATE',
  'SELECT CAST($1 AS DECIMAL(3,1))',
  'SELECT CAST($1 AS JSON)',
  `SELECT json_extract($1, '$.a')`,
  'SELECT error($1)',
  'SELECT from_base64($1)',
  `SELECT strptime($1, '%Y')`,
  'INSERT INTO held VALUES ($1)',
  'INSERT INTO checked VALUES ($1)',
  'INSERT INTO matched VALUES ($1)',
  'INSERT INTO zoned VALUES ($1)',
  'INSERT INTO computed VALUES ($1)',
  'INSERT INTO parsed VALUES ($1)',
  'INSERT INTO generated (id) VALUES ($1)',
  'INSERT INTO referring VALUES ($1)',
  'INSERT INTO empty SELECT unnest([$1, $1])',
];

describe('destination duckdb: its errors', () => {
  let instance: DuckDBInstance;
  before(async () => {
    instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run('CREATE TABLE held (id VARCHAR)');
    await connection.run('CREATE UNIQUE INDEX by_hand ON held (id)');
    await connection.run('CREATE TABLE checked (id VARCHAR CHECK (CAST(id AS INTEGER) > 1))');
    await connection.run(`CREATE TABLE matched (id VARCHAR CHECK (regexp_matches('a', '(' || id)))`);
    await connection.run(
      `CREATE TABLE zoned (id VARCHAR CHECK (timezone(id, TIMESTAMP '2026-01-01') IS NOT NULL))`,
    );
    await connection.run('CREATE TABLE computed (id VARCHAR)');
    await connection.run('CREATE INDEX by_number ON computed ((CAST(id AS INTEGER)))');
    await connection.run('CREATE TABLE parsed (id VARCHAR)');
    await connection.run(`CREATE INDEX by_year ON parsed ((CAST(strptime(id, '%Y') AS DATE)))`);
    await connection.run('CREATE TABLE generated (id VARCHAR, n INTEGER AS (CAST(id AS INTEGER)))');
    await connection.run('CREATE TABLE empty (id VARCHAR UNIQUE)');
    await connection.run('CREATE TABLE referring (id VARCHAR REFERENCES empty (id))');
    await connection.run('CREATE TABLE narrow (n BIGINT CHECK (CAST(n AS DECIMAL(4, 1)) > 1))');
    await connection.run('INSERT INTO held VALUES ($1)', [SECRET]);
    connection.closeSync();
  });
  after(() => instance.closeSync());

  const assertHidden = (error: Error) => {
    const text = shown(error);
    for (const piece of SECRET.split(/[^a-z]/)) assert.ok(!text.includes(piece), text);
  };

  for (const statement of FAILING)
    it(`hold no values of rows: ${statement}`, async () => {
      const connection = await instance.connect();
      const failure: unknown = await connection.run(statement, [SECRET]).catch((error: unknown) => error);
      connection.closeSync();
      assert.ok(failure instanceof Error);
      for (const activity of ['statement', 'commit'] as const) {
        const error = classify(failure, 'here', activity);
        // Only the objects on the table show that the same commit fails again.
        const Kind = statement.includes('parsed') ? DestinationUnavailable : DestinationUnusable;
        assert.ok(error instanceof Kind, String(error));
        assertHidden(error);
      }
    });

  it('hold no value without quotes', async () => {
    const connection = await instance.connect();
    const failure: unknown = await connection
      .run('INSERT INTO narrow VALUES (987654321987)')
      .catch((error: unknown) => error);
    connection.closeSync();
    assert.ok(failure instanceof Error && failure.message.includes('987654321987'), String(failure));
    const error = classify(failure, 'here', 'statement') as Error;
    assert.match(error.message, /CHECK constraint failed on table narrow;/);
    assert.doesNotMatch(shown(error), /987654321987/);
  });

  it('hold no value when a commit or the whole file fails because of one', async () => {
    const [first, second] = [await instance.connect(), await instance.connect()];
    for (const connection of [first, second]) {
      await connection.run('BEGIN');
      await connection.run('INSERT INTO held VALUES ($1)', [`${SECRET}, another`]);
    }
    await first.run('COMMIT');
    const failure = await second.run('COMMIT').catch((error: unknown) => error as Error);
    assert.ok(failure instanceof Error);
    const refused = classify(failure, 'here', 'commit');
    assert.ok(refused instanceof DestinationUnusable, String(refused));
    assert.match(refused.message, /added by hand .* Drop it and start the replicator again\.$/);
    const broken = classify(
      new Error(`FATAL Error: Failed to append: duplicate key "${SECRET}"`),
      'here',
      'statement',
    );
    assert.ok(broken instanceof DestinationUnavailable);
    for (const error of [refused, broken]) assertHidden(error);
  });

  it('keep the names of files and tables', () => {
    const missing = classify(
      new Error('Catalog Error: Table with name "orders" does not exist!'),
      'here',
      'statement',
    );
    assert.match(String(missing), /Table with name "orders" does not exist/);
    const unread = classify(
      new Error('IO Error: Could not read from file "shop.duckdb"'),
      'here',
      'statement',
    );
    assert.match(String(unread), /Could not read from file "shop\.duckdb"/);
  });
});
