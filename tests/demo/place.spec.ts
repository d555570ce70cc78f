import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { makePlace } from '../../demo/place';
import { WrongUse } from '../../runtime/verbs/exit-codes';

describe('where the rows of the demo go', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'replicator-place-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('rejects and keeps a file that is not a destination', async () => {
    const path = join(folder, 'notes.txt');
    writeFileSync(path, 'notes');
    await assert.rejects(makePlace(path), (error: Error) => {
      assert.ok(error instanceof WrongUse);
      assert.match(error.message, /--to .*notes\.txt: expected a file name that ends in \.duckdb/);
      return true;
    });
    assert.ok(existsSync(path));
  });

  const statements = async (path: string, sql: readonly string[]) => {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    for (const statement of sql) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
  };
  const pipelines = (...names: string[]) => [
    'CREATE SCHEMA _replicator',
    'CREATE TABLE _replicator.pipelines(pipeline VARCHAR, number BIGINT)',
    ...names.map((name) => `INSERT INTO _replicator.pipelines VALUES ('${name}', 0)`),
  ];
  const demo = [
    ...pipelines('123456789012/eu-west-1/bird-strikes', '123456789012/eu-west-1/product-catalog'),
    'CREATE TABLE "bird-strikes" (id INTEGER)',
  ];

  it('replaces the DuckDB file of an earlier demo', async () => {
    const path = join(folder, 'demo.duckdb');
    await statements(path, demo);
    const { to, what } = await makePlace(path);
    assert.deepEqual([to, what], [path, 'a DuckDB file']);
    assert.ok(!existsSync(path));
  });

  for (const [what, sql] of [
    ['has a table of yours', ['CREATE TABLE orders (id INTEGER)']],
    ['has a replica of another account', pipelines('210987654321/eu-west-1/bird-strikes')],
    ['has a replica of another table', pipelines('123456789012/eu-west-1/orders')],
    ['has a table of yours beside those of a demo', [...demo, 'CREATE TABLE notes (id INTEGER)']],
    ['has a view of yours beside the tables of a demo', [...demo, 'CREATE VIEW notes AS SELECT 1 AS one']],
    ['is empty', []],
  ] as [string, string[]][]) {
    it(`rejects and keeps a DuckDB file that ${what}`, async () => {
      const path = join(folder, 'shop.duckdb');
      await statements(path, sql);
      await assert.rejects(makePlace(path), (error: Error) => {
        assert.ok(error instanceof WrongUse);
        assert.equal(
          error.message,
          `${path} exists and was not created by the demo. Choose another file with --to, or delete it.`,
        );
        return true;
      });
      assert.ok(existsSync(path));
    });
  }

  it('rejects and keeps a file that only has the name of a DuckDB file', async () => {
    const path = join(folder, 'shop.db');
    writeFileSync(path, 'notes');
    await assert.rejects(makePlace(path), /was not created by the demo/);
    assert.ok(existsSync(path));
  });

  it('creates no folder for a file that you name', async () => {
    const path = join(folder, 'absent', 'demo.duckdb');
    await assert.rejects(makePlace(path), (error: Error) => {
      assert.ok(error instanceof WrongUse);
      assert.match(error.message, /folder .*absent does not exist\. Create it: mkdir -p /);
      return true;
    });
    assert.ok(!existsSync(join(folder, 'absent')));
  });

  it('uses the existing database of an address', async () => {
    const address = 'postgresql://me@db.internal/warehouse';
    const { to, what, farewell } = await makePlace(address);
    assert.deepEqual([to, what], [address, 'a PostgreSQL database']);
    assert.match(farewell(false), /database warehouse/);
  });
});
