import assert from 'node:assert/strict';
import { constants, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../../runtime/destinations/duckdb/destination';
import { pathProblem } from '../../../runtime/destinations/duckdb/file-path';
import { ORDERS } from '../conformance/orders';

describe('destination duckdb: paths that cannot be used', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-path-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const cases: readonly (readonly [what: string, name: string, says: RegExp, make?: () => void])[] = [
    [
      'a folder',
      'folder.duckdb',
      /folder\.duckdb is a folder\. Give --to a file in it/,
      () => mkdirSync(join(folder, 'folder.duckdb')),
    ],
    [
      'a file in place of a folder',
      'file/orders.duckdb',
      /\/file is a file, not a folder/,
      () => writeFileSync(join(folder, 'file'), ''),
    ],
    [
      'a file in place of a folder higher up',
      'file/a/b/orders.duckdb',
      /\/file is a file, not a folder/,
      () => writeFileSync(join(folder, 'file'), ''),
    ],
    ['a name that is too long', `${'x'.repeat(256)}.duckdb`, /The name x{40}… is too long/],
    [
      'a folder that DuckDB cannot write its log to',
      'a?b/orders.duckdb',
      /cannot keep a database in a folder with a question mark in its path: .*a\?b\. Choose another path/,
      () => mkdirSync(join(folder, 'a?b')),
    ],
    ['a missing folder', 'missing/orders.duckdb', /Create it: mkdir -p .*\/missing$/],
    [
      'a link to nowhere',
      'link.duckdb',
      /is a link to \/nowhere\/x, which does not exist/,
      () => symlinkSync('/nowhere/x', join(folder, 'link.duckdb')),
    ],
    [
      'a link to itself',
      'loop.duckdb',
      /is a link that leads back to itself/,
      () => symlinkSync(join(folder, 'loop.duckdb'), join(folder, 'loop.duckdb')),
    ],
  ];
  for (const [what, name, says, make] of cases) {
    it(`${what}: check and write report the same, and create nothing`, async () => {
      make?.();
      const path = join(folder, name);
      assert.match(pathProblem(path) ?? '', says);
      const destination = new DuckDBDestination(duckdbSettings(path));
      for (const attempt of [() => destination.probe(), () => destination.lease(ORDERS)]) {
        await assert.rejects(attempt(), (error) => says.test((error as Error).message));
      }
      await destination.close();
    });
  }

  it('a folder and a file that this user may not write', () => {
    const path = join(folder, 'orders.duckdb');
    const mayRead = (_path: string, mode: number) => (mode & constants.W_OK) === 0;
    const mayWriteFiles = (at: string) => at !== folder;
    assert.match(pathProblem(path, true, mayRead) ?? '', /^This user cannot write to folder .*ls -ld/);
    writeFileSync(path, '');
    assert.match(
      pathProblem(path, true, mayRead) ?? '',
      /^This user cannot write .*orders\.duckdb\. .*ls -l/,
    );
    assert.equal(pathProblem(path, false, mayRead), undefined);
    assert.match(pathProblem(path, false, () => false) ?? '', /^This user cannot read /);
    assert.match(pathProblem(path, true, mayWriteFiles) ?? '', /^This user cannot write to folder /);
  });

  it('a missing file that is opened for reading', async () => {
    const path = join(folder, 'orders.duckdb');
    assert.equal(pathProblem(path, false), `File ${path} does not exist.`);
    const destination = new DuckDBDestination(duckdbSettings(path));
    await assert.rejects(destination.query('SELECT 1'), /File .* does not exist/);
  });

  it('finds no problem with a file that exists or can be created', () => {
    const path = join(folder, 'orders.duckdb');
    assert.equal(pathProblem(path), undefined);
    writeFileSync(path, '');
    assert.equal(pathProblem(path), undefined);
  });
});
