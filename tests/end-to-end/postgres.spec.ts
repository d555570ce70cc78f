import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';
import { full } from '../tiers/tier';
import { Command, endAll, runToEnd } from './command';
import { assertFine, reportsOf } from './reports';
import { settle } from './settle';
import { Source, type SourceTable } from './source';

describe('The command and a PostgreSQL server', () => {
  before(requirePostgres);

  let folder: string;
  let database: TestDatabase;
  let source: Source;
  let table: SourceTable;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-postgres-command-'));
    database = await createDatabase();
    source = await Source.start({
      seed: 37,
      rate: 200,
      knobs: { partitions: 2, exportDurationMs: [60_000, 90_000] },
    });
    table = source.table('orders', 500);
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const words = (verb: string, ...more: string[]) => [...source.words(verb, database.url), ...more];
  const query = async (sql: string) => {
    const client = new Client(database.url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const reports = () => reportsOf(database.url);
  const verified = async () => {
    const verify = await runToEnd(words('verify', '--yes'));
    assertFine(verify);
    assert.match(verify.stdout, /orders: \d+ rows compared, 0 differences/);
  };

  full.it('the replicating process runs status, verify and resync, wherever it is', async () => {
    const run = Command.start(words('run'));
    await run.phase('stream');
    table.write(20);

    const status = await runToEnd(['status', '--to', database.url]);
    const name = `process ${run.pid} on ${hostname()}`;
    assert.ok(status.stdout.includes(`A replicator is running (${name}).`), status.stdout);
    const [report] = await reports();
    assert.deepEqual(
      {
        table: report?.table,
        running: report?.running,
        phase: report?.phase,
        generation: report?.generation,
      },
      { table: 'orders', running: true, phase: 'stream', generation: 1 },
    );
    assert.ok((report?.rows ?? 0) > 300);

    await verified();
    assertFine(await runToEnd(words('resync', '--yes')));
    assert.equal((await reports())[0]?.generation, 2);
    await settle(run, [table]);
    await verified();
    assert.deepEqual(await query('SELECT * FROM _replicator.presences'), []);
    assert.deepEqual(await query('SELECT * FROM _replicator.requests'), []);
  });

  full.it(
    'a second replicator of the table is rejected while the first is alive, and takes over once it is killed',
    async () => {
      const run = Command.start(words('run'));
      await run.phase('stream');
      const second = await runToEnd(words('run'));
      assert.equal(second.code, 1, second.stdout + second.stderr);
      assert.ok(second.stdout.includes(`Process ${run.pid} on ${hostname()}`), second.stdout);
      table.writeOne();
      await run.kill();
      await settle(Command.start(words('run')), [table]);
      await verified();
    },
  );

  it('does not load DuckDB', async function () {
    const maps = (pid: number) => `/proc/${pid}/maps`;
    if (!existsSync(maps(process.pid))) this.skip();
    const run = Command.start(words('run'));
    await run.phase('stream');
    const loaded = readFileSync(maps(run.pid), 'utf8');
    assert.match(loaded, /node/);
    assert.doesNotMatch(loaded, /duckdb/);
  });

  full.it('reads a rotated password again, from a file or a secret, without a restart', async () => {
    const { host, pathname } = new URL(database.url);
    const role = `rotated_${database.name}`;
    await query(`CREATE ROLE ${role} LOGIN PASSWORD 'first'`);
    await query(
      `GRANT CREATE ON DATABASE ${database.name} TO ${role}; GRANT CREATE ON SCHEMA public TO ${role}`,
    );
    try {
      const file = join(folder, 'password');
      const { arn } = source.simulator.secrets.put(
        'replica',
        JSON.stringify({ username: role, password: 'first' }),
      );
      const ways = [
        {
          words: ['--postgres-user', role, '--postgres-password-file', file],
          rotate: (password: string) => writeFileSync(file, `${password}\n`),
        },
        {
          words: ['--postgres-password-secret', arn],
          rotate: (password: string) => {
            source.simulator.secrets.put('replica', JSON.stringify({ username: role, password }));
          },
        },
      ];
      let password = 'first';
      for (const { words: more, rotate } of ways) {
        rotate(password);
        const run = Command.start([...source.words('run', `postgres://${host}${pathname}`), ...more]);
        await run.phase('stream');
        password = `${password} again`;
        await query(`ALTER ROLE ${role} PASSWORD '${password}'`);
        rotate(password);
        await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
        table.writeOne();
        await settle(run, [table]);
      }
      const [rows] = await query('SELECT count(*)::int AS rows FROM orders');
      assert.equal(rows?.['rows'], table.items().length);
    } finally {
      await endAll();
      await query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
