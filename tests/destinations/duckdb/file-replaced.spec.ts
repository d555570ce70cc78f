import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../../runtime/destinations/duckdb/destination';
import { DestinationFileReplaced } from '../../../runtime/destinations/duckdb/file-path';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { begin, checkpoint, COLUMNS, loadRows, ORDERS, published, upsert } from '../conformance/orders';
import type { Fixture } from '../fixture';

async function tablesIn(path: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const read = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()');
  const names = read.getRowObjectsJson().map(({ table_name: name }) => name);
  connection.closeSync();
  instance.closeSync();
  return names;
}

describe('destination duckdb: a file that others change', () => {
  let folder: string;
  let destination: DuckDBDestination;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replicator-duckdb-'));
    path = join(folder, 'orders.duckdb');
    destination = open();
  });
  afterEach(async () => {
    await destination.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (at = path) => new DuckDBDestination(duckdbSettings(at, { threads: 1 }));
  const fixture = () => ({ destination }) as unknown as Fixture;
  const changes = [upsert('b', ['2'])];
  const apply = (store: PipelineStore) =>
    store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));

  /** Another database, with a log that has not been written into it. */
  const another = async (): Promise<string> => {
    const elsewhere = join(folder, 'another.duckdb');
    const other = open(elsewhere);
    const store = await published({ destination: other } as unknown as Fixture, [['theirs', 'x']]);
    const killed = join(folder, 'killed.duckdb');
    for (const suffix of ['', '.wal']) copyFileSync(elsewhere + suffix, killed + suffix);
    await store.release();
    await other.close();
    return killed;
  };
  const contents = () => ['', '.wal'].map((suffix) => readFileSync(path + suffix).toString('base64'));

  for (const [what, act] of [
    ['deleted', async () => rmSync(path)],
    ['moved', async () => renameSync(path, join(folder, 'moved.duckdb'))],
    [
      'replaced by another database',
      async () => {
        const killed = await another();
        for (const suffix of ['.wal', '']) renameSync(killed + suffix, path + suffix);
      },
    ],
  ] as const) {
    it(`notices that it was ${what}, and leaves whatever replaced it alone`, async () => {
      const store = await published(fixture(), [['a', '1']]);
      await act();
      const before = existsSync(path) ? contents() : undefined;
      await assert.rejects(apply(store), (error) => {
        assert.ok(error instanceof DestinationFileReplaced, String(error));
        assert.equal(error.kind, 'fatal');
        return true;
      });
      await assert.rejects(destination.lease(ORDERS), DestinationFileReplaced);
      await destination.close();
      assert.deepEqual(existsSync(path) ? contents() : undefined, before);
      destination = open();
      const found = await destination.inspect(ORDERS.pipeline);
      assert.equal(found?.checkpoint?.head, before && 'published');
    });
  }

  const LOGS = [
    ['orders.duckdb', 'orders.duckdb.wal'],
    ['or?ders.duckdb', 'or.wal?ders.duckdb'],
  ] as const;
  for (const [name, logName] of LOGS)
    it(`takes its log ${logName} out of the way of a file without one, whose next reader would replay it`, async () => {
      path = join(folder, name);
      destination = open();
      const store = await published(fixture(), [['a', '1']]);
      await apply(store);
      const elsewhere = await DuckDBInstance.create(join(folder, 'theirs.duckdb'));
      const theirs = await elsewhere.connect();
      await theirs.run('CREATE TABLE theirs (id INTEGER)');
      theirs.closeSync();
      elsewhere.closeSync();
      renameSync(path, join(folder, 'moved.duckdb'));
      renameSync(join(folder, 'theirs.duckdb'), path);
      let log: string | undefined;
      await assert.rejects(apply(store), (error) => {
        assert.ok(error instanceof DestinationFileReplaced, String(error));
        log = error.log;
        assert.ok(
          log !== undefined &&
            error.message.includes(
              `Move the original file back to ${path}, and its log from ${log} to ${join(folder, logName)}, and start`,
            ),
        );
        return true;
      });
      await destination.close();
      assert.deepEqual(await tablesIn(path), ['theirs']);

      // As the message says.
      rmSync(path);
      renameSync(join(folder, 'moved.duckdb'), path);
      renameSync(log as string, join(folder, logName));
      destination = open();
      const found = await destination.inspect(ORDERS.pipeline);
      assert.equal(found?.checkpoint?.head, 'applied');
      assert.equal(found?.rows, 2);
    });

  it('notices it before an export file is loaded, and during a load', async () => {
    const store = await begin(fixture());
    const load = await store.load('shadow', 1, COLUMNS);
    rmSync(path);
    await assert.rejects(load.commit([{ file: 'one', items: 0 }]), DestinationFileReplaced);
    await assert.rejects(loadRows(store, [['a', '1']], { file: 'two' }), DestinationFileReplaced);
  });

  it('changes nothing on disk when it is only read, even with the log of a killed process', async () => {
    path = await another();
    const state = () =>
      readdirSync(folder)
        .sort()
        .map((name) => {
          const { ino, mtimeMs, size } = statSync(join(folder, name));
          return [name, ino, mtimeMs, size];
        });
    const before = state();
    const looking = open();
    assert.deepEqual(await looking.pipelines(), [ORDERS.pipeline]);
    assert.equal((await looking.inspect(ORDERS.pipeline))?.rows, 1);
    await looking.close();
    assert.deepEqual(state(), before);
  });

  it('lets several readers open it, one of which then writes', async () => {
    await (await published(fixture(), [['a', '1']])).release();
    await destination.close();
    const [one, other] = [open(), open()];
    assert.equal((await one.inspect(ORDERS.pipeline))?.rows, 1);
    assert.equal((await other.inspect(ORDERS.pipeline))?.rows, 1);
    const store = await one.lease(ORDERS);
    await apply(store);
    assert.equal((await other.inspect(ORDERS.pipeline))?.rows, 2);
    await other.close();
    await store.release();
    await one.close();
    assert.deepEqual(readdirSync(folder), ['orders.duckdb']);
  });
});
