import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBFile } from '../exactness/duckdb-reader';
import { skipLoudly } from '../skip-loudly';
import { full, quickIf } from '../tiers/tier';
import { Place, TABLE } from './place';

const ROOT = join(__dirname, '..', '..');
const SMALL_MB = 4;

/** The whole content of a DuckDB file, as text. */
async function dump(path: string): Promise<string> {
  const file = await DuckDBFile.open(path);
  try {
    const texts: string[] = [];
    for (const name of await file.tables()) {
      const [schema = '', ...table] = name.split('.');
      const rows = await file.rows(`SELECT * FROM "${schema}"."${table.join('.')}" ORDER BY ALL`);
      texts.push(
        `${name} ${JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
      );
    }
    return texts.join('\n');
  } finally {
    file.close();
  }
}

describe('bad input: the destination', () => {
  let place: Place;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    place = await Place.open();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await place.close();
  });

  const human = (...words: string[]) => place.words('run', '--log-format', 'human', ...words);
  const published = () => place.sayUntil(human(), ({ written }) => /published/.test(written));

  /** Asserts that both commands fail and change nothing. */
  const refuses = async (words: readonly string[], ...says: RegExp[]) => {
    const check = await place.say(...place.words('check', ...words));
    assert.equal(check.code, 1, check.all);
    const cross = check.out.slice(check.out.indexOf('✗'));
    assert.match(cross, /^✗ destination reachable and writable: /);
    for (const expected of says) assert.match(cross, expected);
    const run = await place.say(...human(...words));
    assert.equal(run.code, 1, run.all);
    for (const expected of says) assert.match(run.all, expected);
    assert.doesNotMatch(run.all, /a bug in dynamodb-replicator|\n +at /);
    assert.equal(place.exports(), 0);
  };

  const holdInAnotherProcess = async (path: string): Promise<ChildProcess> => {
    const program = `require('@duckdb/node-api').DuckDBInstance.create(${JSON.stringify(path)}).then((instance) => {
      console.log('open'); setInterval(() => instance, 1000); })`;
    const child = spawn(process.execPath, ['-e', program], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    return child;
  };

  it('a DuckDB file that another process has open: names the process and what to do', async () => {
    const holder = await holdInAnotherProcess(place.to);
    await refuses(
      [],
      new RegExp(`orders\\.duckdb is open in process ${holder.pid}, and a DuckDB file takes one`),
      new RegExp(
        `Close that program \\(a DuckDB shell, .*ps -p ${holder.pid}\\), or choose another file with --to`,
      ),
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    children.length = 0;
    assert.equal(await dump(place.to), '');
  });

  it('a file that is not a DuckDB file', async () => {
    const text = 'This is a text that somebody has given a wrong name.\n'.repeat(1_000);
    writeFileSync(place.to, text);
    await refuses([], /orders\.duckdb is not a DuckDB database\. Choose another file with --to\./);
    assert.equal(readFileSync(place.to, 'utf8'), text);
    assert.deepEqual(readdirSync(place.folder), ['orders.duckdb']);
  });

  it('a short file, and a folder, instead of a DuckDB file', async () => {
    writeFileSync(place.to, 'short');
    await refuses([], /orders\.duckdb is not a DuckDB database\. Choose another file with --to\./);
    assert.equal(readFileSync(place.to, 'utf8'), 'short');
    rmSync(place.to);
    mkdirSync(place.to);
    await refuses([], /orders\.duckdb is a folder\. Give --to a file in it\./);
    assert.deepEqual(readdirSync(place.folder), ['orders.duckdb']);
  });

  full.it('notices that the DuckDB file is deleted, even if nothing is written to the source', async () => {
    let hasGone = false;
    const { code, all } = await place.sayUntil(human(), ({ written }) => {
      if (/following/.test(written) && !hasGone) {
        hasGone = true;
        rmSync(place.to);
      }
      return false;
    });
    assert.equal(code, 1, all);
    assert.match(all, /orders\.duckdb was deleted, moved or replaced while the replicator had it open/);
    assert.ok(!existsSync(place.to));
  });

  it('a missing folder', async () => {
    const to = join(place.folder, 'missing', 'orders.duckdb');
    await refuses(['--to', to], /Folder .*\/missing does not exist\. Create it: mkdir -p/);
    place.assertNothingWritten({ but: ['some/prefix/check'] });
  });

  it('a folder that is not writable', async function () {
    // Root may write everywhere except in the kernel's own file systems.
    const isRoot = process.getuid?.() === 0;
    const folder = isRoot ? '/sys' : join(place.folder, 'locked');
    if (isRoot && !existsSync(folder)) skipLoudly(this, 'root may write everywhere here');
    if (!isRoot) {
      mkdirSync(folder);
      chmodSync(folder, 0o500);
    }
    await refuses(
      ['--to', join(folder, 'orders.duckdb')],
      new RegExp(`This user cannot write to folder ${folder}.*Change its mode or owner`),
    );
  });

  full.it('a table of another pipeline: names the pipeline and what to do', async () => {
    assert.equal((await published()).code, 0);
    const before = await dump(place.to);
    place.createTable('customers');
    place.simulator.clock.advance?.(600_000);
    const { code, all } = await place.say(...human('--table', 'customers', '--destination-table', 'orders'));
    assert.equal(code, 1);
    assert.match(
      all,
      /Table orders belongs to pipeline 123456789012\/eu-west-1\/orders\. Choose another name with --destination-table\./,
    );
    assert.equal(await dump(place.to), before);
    assert.equal(place.exports(), 1, 'that of the first pipeline');
  });

  it('leaves a table that existed before as it is', async () => {
    const file = await DuckDBFile.open(place.to);
    await file.run(`CREATE TABLE Orders (mine INTEGER)`);
    await file.run('INSERT INTO Orders VALUES (1)');
    file.close();
    const before = await dump(place.to);
    const { code, all } = await place.say(...human());
    assert.equal(code, 1);
    assert.match(
      all,
      /Table orders already exists in the destination, and the replicator has no record of it\. Nothing was changed\. Choose another name with --destination-table, or drop or rename that table\./,
    );
    assert.equal(await dump(place.to), before);
    assert.equal(place.exports(), 0);
    assert.deepEqual(readdirSync(place.folder), ['orders.duckdb']);
  });

  for (const [what, words, says] of [
    ['another table name', ['--destination-table', 'other'], /writes table main\.orders, not main\.other/],
    [
      'another way of deleting',
      ['--deletes', 'soft'],
      /was created with --deletes hard\. Use that, or another/,
    ],
    ['another layout', ['--columns', 'document'], /was created with another --columns\. Use that/],
  ] as const) {
    quickIf(what === 'another way of deleting').it(
      `settings that do not fit an existing table: ${what}`,
      async () => {
        assert.equal((await published()).code, 0);
        const rows = async () =>
          (await dump(place.to)).split('\n').filter((line) => line.startsWith('main.'));
        const before = await rows();
        const { code, all } = await place.say(...human(...words));
        assert.equal(code, 1);
        assert.match(all, says);
        assert.deepEqual(await rows(), before);
      },
    );
  }

  full.it(
    'a full disk: reports it, continues by itself once there is space, and loses nothing',
    async function () {
      await place.close();
      place = await Place.open({ items: 0 });
      const disk = join(place.folder, 'disk');
      mkdirSync(disk);
      const mount = (options: string) =>
        spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { encoding: 'utf8' });
      if (mount(`size=${SMALL_MB}m`).status !== 0) skipLoudly(this, 'no tmpfs can be mounted here');
      try {
        const items = 600;
        const random = () =>
          Array.from({ length: 1_000 }, () => Math.random().toString(36).slice(2)).join('');
        for (let id = 0; id < items; id++) place.put(TABLE, id, random());
        place.simulator.clock.advance?.(3_600_000);
        const to = join(disk, 'orders.duckdb');
        let told = '';
        const { code, all } = await place.sayUntil(human('--to', to), ({ written }) => {
          if (told === '' && /No space left/.test(written)) {
            told = written;
            assert.equal(mount('remount,size=200m').status, 0);
          }
          return /published/.test(written);
        });
        assert.notEqual(told, '', all);
        assert.match(
          told,
          /No space left for DuckDB file .*\/disk\/orders\.duckdb: .* Free some space on that disk\. The replicator then continues from its last commit\./,
        );
        assert.doesNotMatch(told, /published/);
        assert.equal(code, 0, all);
        const file = await DuckDBFile.open(to);
        const [found] = await file.rows(
          `SELECT count(*) AS items, sum(length(value)) AS bytes FROM ${TABLE}`,
        );
        file.close();
        const source = [...place.simulator.tables.items(TABLE)];
        const bytes = source.reduce((sum, item) => sum + (item['value'] as { S: string }).S.length, 0);
        assert.deepEqual([Number(found?.['items']), Number(found?.['bytes'])], [items, bytes]);
        assert.equal(place.exports(), 1);
      } finally {
        spawnSync('umount', ['-l', disk]);
      }
    },
  );
});
