import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('replaces a DuckDB file and its write-ahead log', async () => {
    const path = join(folder, 'demo.duckdb');
    for (const file of [path, `${path}.wal`]) writeFileSync(file, '');
    const { to, what } = await makePlace(path);
    assert.deepEqual([to, what], [path, 'a DuckDB file']);
    for (const file of [path, `${path}.wal`]) assert.ok(!existsSync(file), file);
  });

  it('uses the existing database of an address', async () => {
    const address = 'postgresql://me@db.internal/warehouse';
    const { to, what, farewell } = await makePlace(address);
    assert.deepEqual([to, what], [address, 'a PostgreSQL database']);
    assert.match(farewell, /database warehouse/);
  });
});
