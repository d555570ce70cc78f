import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../../runtime/verbs/exit-codes';
import { Command, endAll } from '../../end-to-end/command';
import { freePort } from '../../../demo/postgres';
import { caughtUp, settle } from '../../end-to-end/settle';
import { Source, type SourceTable } from '../../end-to-end/source';
import { full } from '../../tiers/tier';
import { ToyFile } from './toy-file';

const ROOT = join(__dirname, '../../..');
const BEFORE = [
  ...['-r', join(ROOT, 'tests/load-typescript.cjs')],
  ...['-r', join(__dirname, 'register.ts')],
  join(ROOT, 'command/cli.ts'),
];

/** The command in separate processes, which know the toy. */
describe('every verb works with a new kind of destination', () => {
  let folder: string;
  let to: string;
  const sources: Source[] = [];
  let orders: SourceTable;

  const start = (words: readonly string[]) =>
    Command.launch(words, {
      program: process.execPath,
      before: BEFORE,
      environment: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'eu-west-1',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
  const toEnd = (words: readonly string[]) => start(words).end();
  /** The keys of the rows in the file, while no process holds it. */
  const keys = () => {
    const [pipeline] = [...new ToyFile(to).read().pipelines.values()];
    return [...(pipeline?.tables.visible.values() ?? [])].map(({ cells }) => String(cells[1])).sort();
  };
  const keysOfSource = () =>
    orders
      .items()
      .map(({ number }) => (number as { N: string }).N)
      .sort();

  /**
   * @param rate service seconds per second; low where the test reads health, since the table must not go five service
   * minutes without progress
   */
  const begin = async (rate: number) => {
    const knobs = { partitions: 2, exportDurationMs: [9_000, 9_000] as const };
    const source = await Source.start({ seed: 41, rate, knobs });
    sources.push(source);
    orders = source.table('orders', 100);
    return source;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-toy-verbs-'));
    to = join(folder, 'shop.toy');
  });
  afterEach(async () => {
    await endAll();
    for (const source of sources.splice(0)) await source.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('check, run, status, healthcheck', async () => {
    const source = await begin(120);
    const port = String(await freePort());
    const run = start([...source.words('run', to), '--health-port', port, '--toy-most-bytes', '1MiB']);
    await run.phase('stream');
    for (let write = 0; write < 20; write++) orders.writeOne();
    await caughtUp(run, [orders]);
    const [check, status, health] = await Promise.all([
      toEnd(source.words('check', to)),
      toEnd(['status', '--to', to]),
      toEnd(['healthcheck', '--health-port', port]),
    ]);
    assert.match(check.stdout, /^✓ destination reachable and writable: held by the running replicator/m);
    assert.match(status.stdout, /^A replicator is running \(process \d+\)\.\n\norders\n {2}phase +following/);
    assert.deepEqual([health.code, health.stdout], [EXIT.fine, 'orders: following the stream\n']);
    run.send('SIGTERM');
    assert.equal((await run.end()).code, EXIT.fine, run.picture());
    assert.deepEqual(keys(), keysOfSource());

    const again = await toEnd(source.words('check', to));
    assert.equal(again.code, EXIT.fine, again.stdout + again.stderr);
    assert.match(again.stdout, /^✓ destination reachable and writable: toy file .*shop\.toy$/m);
  });

  it('verify and resync after a killed run; the destination matches the source', async () => {
    const source = await begin(600);
    const run = start(source.words('run', to));
    await run.phase('stream');
    for (let write = 0; write < 20; write++) orders.writeOne();
    await run.kill();
    const verified = await toEnd([...source.words('verify', to), '--yes']);
    assert.match(verified.stdout, /^orders: .* 0 differences/m, verified.stderr);
    const resynced = await toEnd([...source.words('resync', to), '--yes']);
    assert.match(resynced.stdout, /^orders: reloaded and published\.$/m, resynced.stderr);
    assert.deepEqual(keys(), keysOfSource());
  });

  full.it('verify and resync of a run while an application writes', async () => {
    const source = await begin(200);
    const run = start(source.words('run', to));
    await run.phase('stream');
    orders.write(100);
    const verified = await toEnd([...source.words('verify', to), '--yes']);
    assert.match(verified.stdout, /^orders: .* 0 differences/m, verified.stderr);
    const resynced = await toEnd([...source.words('resync', to), '--yes']);
    assert.match(resynced.stdout, /^orders: reloaded and published\.$/m, resynced.stderr);
    await settle(run, [orders]);
    assert.deepEqual(keys(), keysOfSource());
  });

  it('refuses wrong settings of its own, and settings of other kinds', async () => {
    const [refused, help, misnamed] = await Promise.all([
      toEnd([
        ...['run', '--table', 'orders', '--bucket', 'exports', '--to', '.toy', '--max-columns', '401'],
        ...['--toy-most-bytes', 'much', '--duckdb-threads', '4'],
      ]),
      toEnd(['run', '--help']),
      toEnd(['status', '--to', 'orders.csv']),
    ]);
    assert.equal(refused.code, EXIT.wrongUse);
    assert.deepEqual(refused.stderr.split('\n').slice(1, 5), [
      '  toy.mostBytes (flag --toy-most-bytes): expected bytes, or a number with kB, MB, GB, KiB, MiB or GiB',
      '  duckdb.threads (flag --duckdb-threads): does not apply with a toy file',
      '  to (flag --to): a toy file needs a name',
      '  maxColumns (flag --max-columns): maxColumns is at most 400 with a toy file, since it is a toy',
    ]);
    assert.match(help.stdout, /--to <FILE\.duckdb\|postgres:\/\/…\|FILE\.toy>/);
    assert.match(misnamed.stderr, /postgres:\/\/USER@HOST\/DATABASE, or a file name that ends in \.toy$/m);
  });
});
