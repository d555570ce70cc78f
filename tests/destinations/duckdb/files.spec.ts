import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DestinationLocked, DestinationUnusable } from '../../../runtime/destinations/errors';
import { duckdbSettings, isDuckDBLocation, whileLoading } from '../../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../../runtime/destinations/duckdb/destination';
import { classify } from '../../../runtime/destinations/duckdb/faults';
import { skipLoudly } from '../../skip-loudly';
import { checkpoint, COLUMNS, ORDERS, published, upsert } from '../conformance/orders';
import { mountSmallDisk } from './small-disk';
import { type DuckDBFixture } from '../duckdb-fixture';

describe('destination duckdb: files it cannot use', () => {
  let folder: string;
  const processes: ChildProcess[] = [];
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'replicator-duckdb-'))));
  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const destination = (name: string) => new DuckDBDestination(duckdbSettings(join(folder, name)));

  it('names the process that has the file open, and continues when it has ended', async () => {
    const path = join(folder, 'locked.duckdb');
    const hold = `require('@duckdb/node-api').DuckDBInstance.create(process.argv[1]).then(async (instance) => {
      globalThis.instance = instance; console.log('open'); setInterval(() => {}, 1000); });`;
    const child = spawn(process.execPath, ['-e', hold, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    processes.push(child);
    await once(child.stdout, 'data');
    const locked = destination('locked.duckdb');
    for (const attempt of [() => locked.lease(ORDERS), () => locked.probe(), () => locked.inspect('any')]) {
      await assert.rejects(attempt(), (error) => {
        assert.ok(error instanceof DestinationLocked, String(error));
        assert.equal(error.pid, child.pid);
        assert.equal(error.kind, 'fatal');
        assert.match(error.message, new RegExp(`process ${child.pid}.*--to`));
        return true;
      });
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    await locked.lease(ORDERS);
    await locked.close();
  });

  it('reports what is wrong with a path', async () => {
    await writeFile(join(folder, 'text.duckdb'), 'not a database '.repeat(1000));
    await assert.rejects(destination('text.duckdb').lease(ORDERS), /is not a DuckDB database.*--to/);
    await mkdir(join(folder, 'folder.duckdb'));
    await assert.rejects(destination('folder.duckdb').lease(ORDERS), DestinationUnusable);
    await assert.rejects(
      destination('missing/file.duckdb').lease(ORDERS),
      /missing does not exist\. Create it: mkdir -p/,
    );
    await assert.rejects(destination('missing/file.duckdb').probe(), /missing does not exist/);
  });

  it('has a cross in check for a table that the replicator did not make, as run refuses it', async () => {
    const path = join(folder, 'foreign.duckdb');
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE ${ORDERS.table} (id INTEGER)`);
    connection.closeSync();
    instance.closeSync();
    const foreign = destination('foreign.duckdb');
    const unmet = async () => (await foreign.check([ORDERS])).filter(({ met }) => !met);
    const [line, ...others] = await unmet();
    assert.match(line?.found ?? '', /already exists, and the replicator has no record of it/);
    assert.match(line?.fix ?? '', /--destination-table/);
    assert.deepEqual(others, []);
    await foreign.close();

    const ours = destination('ours.duckdb');
    await published({ destination: ours } as Partial<DuckDBFixture> as DuckDBFixture, [['a', '1']]);
    assert.deepEqual(
      (await ours.check([ORDERS])).filter(({ met }) => !met),
      [],
    );
    await ours.close();
  });

  it('loses nothing on a full disk, and continues when there is space', async function () {
    const unmount = mountSmallDisk(folder, 12);
    if (unmount === undefined) skipLoudly(this, 'a full disk needs the right to mount a tmpfs');
    const full = destination('full.duckdb');
    try {
      const fixture = { destination: full } as Partial<DuckDBFixture> as DuckDBFixture;
      const store = await published(fixture, [['a', '1']]);
      const filler = join(folder, 'filler');
      await writeFile(filler, Buffer.alloc(6 * 1024 * 1024));
      const random = Array.from(
        { length: 300 },
        (_, i) => [...Array(2000)].map(() => Math.random()).join('') + i,
      );
      const changes = random.map((value, i) => upsert(`${i}`, [value]));
      let failure: unknown;
      for (let attempt = 0; attempt < 3; attempt++) {
        failure = await store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied')).then(
          () => undefined,
          (error: unknown) => error,
        );
        assert.ok(failure instanceof Error && 'kind' in failure, String(failure));
        assert.equal(failure.kind, 'retry', failure.message);
      }
      assert.match(String(failure), /space|commit/);
      await rm(filler);
      assert.equal((await store.readCheckpoint())?.head, 'published');
      const fewer = changes.slice(0, 10);
      await store.apply('visible', { columns: COLUMNS, changes: fewer }, checkpoint('applied'));
      assert.equal((await full.inspect(ORDERS.pipeline))?.rows, 11);
    } finally {
      await full.close();
      unmount();
    }
  });
});

describe('destination duckdb: settings and faults', () => {
  it('recognizes a DuckDB file by its name', () => {
    for (const to of ['a.duckdb', './x/y.db', 'C.DDB']) assert.ok(isDuckDBLocation(to), to);
    for (const to of ['postgres://h/x.db', 's3://b/a.duckdb', 'a.parquet', 'duckdb'])
      assert.ok(!isDuckDBLocation(to), to);
  });

  it('has the documented defaults', () => {
    const { memoryLimitMB, threads } = duckdbSettings('a.duckdb');
    assert.deepEqual([memoryLimitMB, threads], [268, 2]);
    assert.equal(duckdbSettings('a.duckdb', { threads: 4 }).threads, 4);
  });

  it('gives a load one thread and the memory that its columns need, never more than configured', () => {
    const given = (memoryLimitMB: number, ...columns: number[]) =>
      whileLoading(
        duckdbSettings('a.duckdb', { threads: 8, memoryLimitBytes: memoryLimitMB * 1e6 }),
        columns,
      );
    assert.equal(given(256, 16).threads, 1);
    assert.equal(given(256, 16).memoryLimitMB, 160);
    assert.equal(given(256, 300).memoryLimitMB, 256);
    assert.equal(given(400, 300).memoryLimitMB, 285);
    assert.equal(given(1000, 300, 300).memoryLimitMB, 600);
    assert.equal(given(1000, 1000).memoryLimitMB, 810);
    assert.equal(given(135, 16).memoryLimitMB, 135);
  });

  it('stops at a statement that DuckDB rejects, and retries after an unknown error', () => {
    const kindOf = (message: string) =>
      (classify(new Error(message), 'f', 'statement') as { kind?: string }).kind;
    for (const type of ['Binder', 'Parser', 'Conversion', 'Constraint', 'Out of Range', 'Invalid Input'])
      assert.equal(kindOf(`${type} Error: said by the engine`), 'fatal', type);
    for (const type of ['INTERRUPT', 'Network', 'Executor', 'Of The Future'])
      assert.equal(kindOf(`${type} Error: said by the engine`), 'retry', type);
  });

  it('distinguishes a failed commit from one that may have happened (rule C3)', () => {
    const full = new Error('IO Error: Could not write file "x.wal": No space left on device');
    assert.equal((classify(full, 'f', 'commit') as Error).name, 'CommitOutcomeUnknown');
    assert.equal((classify(full, 'f', 'statement') as Error).name, 'DestinationUnavailable');
    const conflict = new Error('TransactionContext Error: Failed to commit: write-write conflict on key');
    assert.equal((classify(conflict, 'f', 'commit') as Error).name, 'DestinationUnavailable');
    const unknown = new TypeError('a bug');
    assert.equal(classify(unknown, 'f', 'commit'), unknown);
  });
});
