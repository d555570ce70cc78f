import assert from 'node:assert/strict';
import { constants, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../../runtime/destinations/duckdb/destination';
import { pathProblem } from '../../../runtime/destinations/duckdb/file-path';
import { ORDERS } from '../conformance/orders';

describe('destination duckdb: paths that cannot be', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-path-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const cases: readonly (readonly [what: string, name: string, says: RegExp, make?: () => void])[] = [
    [
      'a folder',
      'folder.duckdb',
      /folder\.duckdb is a folder\. Name a file/,
      () => mkdirSync(join(folder, 'folder.duckdb')),
    ],
    [
      'a file for a folder',
      'file/orders.duckdb',
      /\/file is a file, not a folder/,
      () => writeFileSync(join(folder, 'file'), ''),
    ],
    [
      'a file for a folder of a folder',
      'file/a/b/orders.duckdb',
      /\/file is a file, not a folder/,
      () => writeFileSync(join(folder, 'file'), ''),
    ],
    ['a name too long', `${'x'.repeat(256)}.duckdb`, /The name x{40}… is too long/],
    ['a folder that is missing', 'missing/orders.duckdb', /Create it: mkdir -p .*\/missing$/],
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
    it(`${what}: the same for whoever checks and whoever writes, and nothing is made`, async () => {
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

  it('no rights: a folder and a file that this user may not write', () => {
    const path = join(folder, 'orders.duckdb');
    const mayRead = (_path: string, mode: number) => (mode & constants.W_OK) === 0;
    const mayWriteFiles = (at: string) => at !== folder;
    assert.match(pathProblem(path, true, mayRead) ?? '', /^Folder .* cannot be written by this user.*ls -ld/);
    writeFileSync(path, '');
    assert.match(
      pathProblem(path, true, mayRead) ?? '',
      /orders\.duckdb cannot be written by this user.*ls -l/,
    );
    assert.equal(pathProblem(path, false, mayRead), undefined);
    assert.match(pathProblem(path, false, () => false) ?? '', /cannot be read by this user/);
    assert.match(pathProblem(path, true, mayWriteFiles) ?? '', /^Folder .* cannot be written by this user/);
  });

  it('a file that is to be read, and is not there', async () => {
    const path = join(folder, 'orders.duckdb');
    assert.equal(pathProblem(path, false), `There is no file ${path}.`);
    const destination = new DuckDBDestination(duckdbSettings(path));
    await assert.rejects(destination.query('SELECT 1'), /There is no file/);
  });

  it('nothing is wrong with a file that is there, or that can be made', () => {
    const path = join(folder, 'orders.duckdb');
    assert.equal(pathProblem(path), undefined);
    writeFileSync(path, '');
    assert.equal(pathProblem(path), undefined);
  });
});
