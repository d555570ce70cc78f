import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { RowColumns } from '../../../runtime/destinations/duckdb/parquet/row-columns';
import { RowFile } from '../../../runtime/destinations/duckdb/parquet/row-file';
import { skipLoudly } from '../../skip-loudly';
import { begin, COLUMNS, deadLetterOf, loadRows, TEXT } from '../conformance/orders';
import { openLoad } from '../conformance/rows-load';
import { duckdbFixture } from '../duckdb-fixture';
import { mountSmallDisk } from './small-disk';

describe('destination duckdb: files of rows', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'replicator-rows-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are read from any path', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (const name of ['*', 'a?[b]c', '[!x]', "it's", 'year=2026', 'é 😀', '{a,b}', '%20']) {
      const place = join(folder, name);
      await mkdir(place);
      const file = await RowFile.write(join(place, 'x.duckdb'), RowColumns.of([TEXT], [['found']]).toFile());
      const rows = await connection.runAndReadAll(`SELECT * FROM ${file.sql}`);
      assert.deepEqual(rows.getRowObjects(), [{ c0: 'found' }], name);
      await file.remove();
    }
    connection.closeSync();
    instance.closeSync();
  });

  it('are accessible to nobody else, and never overwrite the file of somebody else', async () => {
    const rows = RowColumns.of([TEXT], [['found']]).toFile();
    const database = join(folder, 'x.duckdb');
    const umask = process.umask(0);
    try {
      const file = await RowFile.write(database, rows);
      const [name] = readdirSync(`${database}.rows`) as [string];
      assert.equal((statSync(`${database}.rows`).mode & 0o777).toString(8), '700');
      assert.equal((statSync(join(`${database}.rows`, name)).mode & 0o777).toString(8), '600');
      await file.remove();
      await writeFile(join(folder, 'victim'), 'mine');
      const next = `${Number.parseInt(name, 10) + 1}.parquet`;
      symlinkSync(join(folder, 'victim'), join(`${database}.rows`, next));
      await assert.rejects(RowFile.write(database, rows), { code: 'EEXIST' });
      assert.equal(readFileSync(join(folder, 'victim'), 'utf8'), 'mine');
    } finally {
      process.umask(umask);
    }
  });

  it('leave nothing behind on a full disk', async function () {
    const unmount = mountSmallDisk(folder, 4);
    if (unmount === undefined) skipLoudly(this, 'a full disk needs the right to mount a tmpfs');
    try {
      const rows = RowColumns.of([TEXT], [['x'.repeat(3_000_000)], ['y'.repeat(3_000_000)]]);
      await assert.rejects(RowFile.write(join(folder, 'x.duckdb'), rows.toFile()), { code: 'ENOSPC' });
      assert.deepEqual(readdirSync(join(folder, 'x.duckdb.rows')), []);
    } finally {
      unmount();
    }
  });

  it('are removed with their load, however it ends, and those of a killed process at the next start', async () => {
    const fixture = await duckdbFixture();
    try {
      const rowFolder = `${fixture.path}.rows`;
      await mkdir(rowFolder);
      await writeFile(join(rowFolder, '1.parquet'), 'left behind');
      const store = await begin(fixture);
      assert.equal(existsSync(rowFolder), false);
      await loadRows(store, [['a', '1']], { deadLetters: [deadLetterOf('x')] });
      const load = await openLoad(store, 'shadow', 1, COLUMNS);
      for (let i = 0; i < 20; i++) await load.append([[`b${i}`, 'x'.repeat(1_000_000)]]);
      await load.rollback();
      assert.deepEqual(readdirSync(rowFolder), []);
      await fixture.destination.close();
      assert.equal(existsSync(rowFolder), false);
    } finally {
      await fixture.cleanup();
    }
  });
});
