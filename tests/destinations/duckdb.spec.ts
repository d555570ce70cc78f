import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  DestinationLocked,
  DestinationTableTaken,
  DestinationUnavailable,
  DestinationUnusable,
} from '../../runtime/destinations/errors';
import { duckdbSettings, isDuckDBLocation, whileLoading } from '../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { duckdbDialect } from '../../runtime/destinations/duckdb/dialect';
import { classify } from '../../runtime/destinations/duckdb/faults';
import { skipLoudly } from '../skip-loudly';
import { conformance } from './conformance';
import { openLoad } from './conformance/rows-load';
import {
  attribute,
  begin,
  bury,
  checkpoint,
  COLUMNS,
  ID,
  INT64,
  JSON_TYPE,
  loadRows,
  numberType,
  ORDERS,
  published,
  SOFT_ORDERS,
  upsert,
} from './conformance/orders';
import { mountSmallDisk } from './duckdb/small-disk';
import { duckdbFixture, type DuckDBFixture } from './duckdb-fixture';

conformance('duckdb', duckdbFixture, process.env['LONG'] ? 20 : 1);

describe('destination duckdb: its own promises', () => {
  let fixture: DuckDBFixture;
  beforeEach(async () => (fixture = await duckdbFixture()));
  afterEach(() => fixture.cleanup());

  it('takes the narrowest exact type for each column', async () => {
    const columns = [
      ID,
      attribute('int64', INT64),
      attribute('whole', numberType(20, 0)),
      attribute('money', numberType(20, 2)),
      attribute('digits', numberType(30, 9)),
      attribute('json', JSON_TYPE),
      attribute('binary', { kind: 'binary' }),
      attribute('boolean', { kind: 'boolean' }),
    ];
    await published(fixture, [], SOFT_ORDERS, columns);
    const described = await fixture.sql('DESCRIBE orders');
    assert.deepEqual(
      described.map((row) => [row['column_name'], row['column_type']]),
      [
        ['id', 'VARCHAR'],
        ['int64', 'BIGINT'],
        ['whole', 'DECIMAL(38,0)'],
        ['money', 'DECIMAL(38,2)'],
        ['digits', 'VARCHAR'],
        ['json', 'JSON'],
        ['binary', 'BLOB'],
        ['boolean', 'BOOLEAN'],
        ['__source_time', 'TIMESTAMP'],
        ['__deleted', 'BOOLEAN'],
      ],
    );
  });

  it('shows the time of a change in UTC', async () => {
    const lease = await published(fixture, []);
    const changes = [upsert('a', ['1'], Date.UTC(2026, 0, 2, 3, 4, 5))];
    await lease.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
    const result = await fixture.destination.query('SELECT __source_time, id, NULL AS nothing FROM orders');
    assert.deepEqual(result, {
      columns: ['__source_time', 'id', 'nothing'],
      rows: [['2026-01-02 03:04:05', 'a', null]],
    });
  });

  it('makes JSON that its JSON functions can read, whatever it was before', async () => {
    const texts = ['plain', 'a"\\/\b\f\n\r\t\u0000\u001f\u007f', 'é😀', ''];
    const lease = await published(
      fixture,
      texts.map((text, i) => [`${i}`, text]),
    );
    await lease.widen([ID, attribute('value', JSON_TYPE)]);
    const rows = await fixture.sql(`SELECT value->>'$' AS text FROM orders ORDER BY id`);
    assert.deepEqual(
      rows.map((row) => row['text']),
      texts,
    );
  });

  it('calls half a surrogate pair unrepresentable, and nothing that only looks like one', () => {
    const half = '\ud800';
    assert.ok(duckdbDialect.unrepresentable(`a${half}`, 'text'));
    assert.ok(duckdbDialect.unrepresentable(JSON.stringify({ [half]: 1 }), 'json'));
    assert.ok(duckdbDialect.unrepresentable(JSON.stringify(`\\${half}`), 'json'));
    for (const text of ['😀', '\\ud800', 'a\0', '\ue000', '\\\\ud83d']) {
      assert.equal(duckdbDialect.unrepresentable(text, 'text'), undefined);
      assert.equal(duckdbDialect.unrepresentable(JSON.stringify(text), 'json'), undefined);
    }
  });

  it('holds views on the visible table through a later publish', async () => {
    const lease = await published(fixture, [['a', '1']]);
    await fixture.sql(`CREATE VIEW big AS SELECT id FROM orders WHERE value > '0'`);
    await fixture.sql(`CREATE INDEX by_value ON orders (value)`);
    await lease.startGeneration(2, checkpoint('generation 2'));
    await loadRows(lease, [['b', '2']], { generation: 2 });
    await lease.publish(() => checkpoint('published'));
    assert.deepEqual(await fixture.sql('SELECT * FROM big'), [{ id: 'b' }]);
    assert.equal((await fixture.sql('FROM duckdb_indexes()')).length, 1);
    const widened = lease.widen([ID, attribute('value', JSON_TYPE)]);
    await assert.rejects(
      widened,
      (error) => error instanceof DestinationUnusable && /by_value/.test(error.message),
    );
    await fixture.sql('DROP INDEX by_value');
    await lease.widen([ID, attribute('value', JSON_TYPE)]);
    assert.deepEqual(await fixture.sql(`SELECT id FROM orders WHERE value->>'$' = '2'`), [{ id: 'b' }]);
  });

  it('leaves a table or view alone that was there before', async () => {
    await fixture.sql('CREATE TABLE "Orders" (mine INTEGER)');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableTaken);
    await assert.rejects(
      fixture.destination.lease({ ...ORDERS, table: 'ORDERS', pipeline: 'other' }),
      DestinationTableTaken,
    );
    await fixture.sql('DROP TABLE "Orders"');
    const lease = await begin(fixture);
    await loadRows(lease, [['a', '1']]);
    await fixture.sql('CREATE VIEW orders AS SELECT 1 AS mine');
    await assert.rejects(
      lease.publish(() => checkpoint('published')),
      DestinationTableTaken,
    );
    assert.deepEqual(await fixture.sql('SELECT * FROM orders'), [{ mine: 1 }]);
    await fixture.sql('DROP VIEW orders');
    assert.equal((await lease.publish(() => checkpoint('published'))).rows, 1);
  });

  it('says that a table was dropped by hand', async () => {
    await published(fixture, [['a', '1']]);
    await fixture.sql('DROP TABLE orders');
    await assert.rejects(fixture.destination.lease(ORDERS), /dropped or renamed by hand/);
  });

  it('writes into a schema of the user’s choice, with any name', async () => {
    const target = { ...ORDERS, schema: 'my "schema"', table: 'or"ders.é' };
    const lease = await published(fixture, [['a', '1']], target);
    const changes = [upsert('b', ['2']), bury('c')];
    await lease.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
    const rows = await fixture.sql('SELECT count(*)::INTEGER AS rows FROM "my ""schema"""."or""ders.é"');
    assert.deepEqual(rows, [{ rows: 2 }]);
    await assert.rejects(
      fixture.destination.lease({ ...ORDERS, schema: '_Replicator', pipeline: 'x' }),
      DestinationUnusable,
    );
  });

  it('leaves one file behind when closed, with all in it', async () => {
    const lease = await published(
      fixture,
      Array.from({ length: 5000 }, (_, i) => [`${i}`, 'x'.repeat(100)]),
    );
    await lease.release();
    await fixture.destination.close();
    const folder = join(fixture.path, '..');
    assert.deepEqual(await readdir(folder), ['test.duckdb']);
  });

  it('looks at a file that is not there without making it', async () => {
    await fixture.destination.probe();
    assert.equal(await fixture.destination.inspect('any'), undefined);
    assert.equal(existsSync(fixture.path), false);
  });

  it('keeps its log short while changes come in', async () => {
    const lease = await published(fixture, []);
    const load = await lease.load('shadow', 2, COLUMNS).catch(() => undefined);
    assert.equal(load, undefined);
    await lease.startGeneration(2, checkpoint('generation 2'));
    const open = await openLoad(lease, 'shadow', 2, COLUMNS);
    await open.append([['open', 'load']]);
    let longest = 0;
    for (let round = 0; round < 12; round++) {
      const changes = Array.from({ length: 2000 }, (_, i) => upsert(`${round}/${i}`, ['x'.repeat(2000)]));
      await lease.apply('changes', { columns: COLUMNS, changes }, checkpoint(`round ${round}`));
      const log = `${fixture.path}.wal`;
      if (existsSync(log)) longest = Math.max(longest, statSync(log).size);
    }
    await open.commit([]);
    assert.ok(longest < 40_000_000, `${longest} bytes`);
  });

  it('writes nothing of a failed transaction later on', async () => {
    const lease = await published(fixture, [['a', '1']]);
    const before = await fixture.dump();
    const apply = () =>
      lease.apply('visible', { columns: COLUMNS, changes: [bury('ghost')] }, checkpoint('published'));
    let statements = 0;
    fixture.onStatement(() => void (statements += 1));
    await apply();
    const all = statements;
    await lease.apply(
      'visible',
      { columns: COLUMNS, changes: [{ action: 'delete dead letter', keyText: 'ghost', sourceTime: 0 }] },
      checkpoint('published'),
    );
    for (let last = 1; last <= all; last++) {
      statements = 0;
      fixture.onStatement(() => {
        statements += 1;
        if (statements === last) throw new Error('broken off');
      });
      await assert.rejects(apply(), /broken off/);
    }
    fixture.onStatement(undefined);
    await collectGarbage();
    assert.equal(await fixture.dump(), before);
  });

  it('goes on after DuckDB has given the file up', async () => {
    const lease = await published(fixture, [['a', '1']]);
    const broken = new Error('FATAL Error: database has been invalidated because of a previous fatal error.');
    fixture.onStatement((statement) => {
      if (statement.startsWith('INSERT')) throw broken;
    });
    const apply = () =>
      lease.apply('visible', { columns: COLUMNS, changes: [upsert('b', ['2'])] }, checkpoint('applied'));
    await assert.rejects(apply(), DestinationUnavailable);
    fixture.onStatement(undefined);
    await apply();
    assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.rows, 2);
  });
});

/** What the driver holds of a transaction is let go only now. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('destination duckdb: files it cannot use', () => {
  let folder: string;
  const processes: ChildProcess[] = [];
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'replicator-duckdb-'))));
  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const destination = (name: string) => new DuckDBDestination(duckdbSettings(join(folder, name)));

  it('names the process that has the file open, and goes on when it has ended', async () => {
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

  it('says what is wrong with a path', async () => {
    await writeFile(join(folder, 'text.duckdb'), 'not a database '.repeat(1000));
    await assert.rejects(destination('text.duckdb').lease(ORDERS), /is not a DuckDB database.*--to/);
    await mkdir(join(folder, 'folder.duckdb'));
    await assert.rejects(destination('folder.duckdb').lease(ORDERS), DestinationUnusable);
    await assert.rejects(destination('missing/file.duckdb').lease(ORDERS), /folder does not exist/);
    await assert.rejects(destination('missing/file.duckdb').probe(), /missing or cannot be written/);
  });

  it('loses nothing on a full disk, and goes on when there is space', async function () {
    const unmount = mountSmallDisk(folder, 12);
    if (unmount === undefined) skipLoudly(this, 'a full disk needs the right to mount a tmpfs');
    const full = destination('full.duckdb');
    try {
      const fixture = { destination: full } as Partial<DuckDBFixture> as DuckDBFixture;
      const lease = await published(fixture, [['a', '1']]);
      const filler = join(folder, 'filler');
      await writeFile(filler, Buffer.alloc(6 * 1024 * 1024));
      const random = Array.from(
        { length: 300 },
        (_, i) => [...Array(2000)].map(() => Math.random()).join('') + i,
      );
      const changes = random.map((value, i) => upsert(`${i}`, [value]));
      let failure: unknown;
      for (let attempt = 0; attempt < 3; attempt++) {
        failure = await lease.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied')).then(
          () => undefined,
          (error: unknown) => error,
        );
        assert.ok(failure instanceof Error && 'kind' in failure, String(failure));
        assert.equal(failure.kind, 'retry', failure.message);
      }
      assert.match(String(failure), /space|commit/);
      await rm(filler);
      assert.equal((await lease.readCheckpoint())?.head, 'published');
      const fewer = changes.slice(0, 10);
      await lease.apply('visible', { columns: COLUMNS, changes: fewer }, checkpoint('applied'));
      assert.equal((await full.inspect(ORDERS.pipeline))?.rows, 11);
    } finally {
      await full.close();
      unmount();
    }
  });
});

describe('destination duckdb: settings and faults', () => {
  it('knows a DuckDB file by its name', () => {
    for (const to of ['a.duckdb', './x/y.db', 'C.DDB']) assert.ok(isDuckDBLocation(to), to);
    for (const to of ['postgres://h/x.db', 's3://b/a.duckdb', 'a.parquet', 'duckdb'])
      assert.ok(!isDuckDBLocation(to), to);
  });

  it('names all that is wrong with its settings at once', () => {
    assert.throws(
      () => duckdbSettings('a.csv', { memoryLimitMB: 10, threads: 0 }),
      /a\.csv.*memoryLimitMB.*128.*threads/,
    );
    assert.equal(duckdbSettings('a.duckdb', { threads: 4 }).threads, 4);
  });

  it('lets a load have one thread and the memory that its columns need, never more than was set', () => {
    const given = (memoryLimitMB: number, ...columns: number[]) =>
      whileLoading(duckdbSettings('a.duckdb', { threads: 8, memoryLimitMB }), columns);
    assert.equal(given(256, 16).threads, 1);
    assert.equal(given(256, 16).memoryLimitMB, 160);
    assert.equal(given(256, 300).memoryLimitMB, 256);
    assert.equal(given(400, 300).memoryLimitMB, 285);
    assert.equal(given(1000, 300, 300).memoryLimitMB, 600);
    assert.equal(given(1000, 1000).memoryLimitMB, 810);
    assert.equal(given(128, 16).memoryLimitMB, 128);
  });

  it('tells a failed commit from one that may have happened (rule C3)', () => {
    const full = new Error('IO Error: Could not write file "x.wal": No space left on device');
    assert.equal((classify(full, 'f', 'commit') as Error).name, 'CommitOutcomeUnknown');
    assert.equal((classify(full, 'f', 'statement') as Error).name, 'DestinationUnavailable');
    const conflict = new Error('TransactionContext Error: Failed to commit: write-write conflict on key');
    assert.equal((classify(conflict, 'f', 'commit') as Error).name, 'DestinationUnavailable');
    const unknown = new TypeError('a bug');
    assert.equal(classify(unknown, 'f', 'commit'), unknown);
  });
});
