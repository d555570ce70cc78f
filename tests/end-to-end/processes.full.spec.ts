import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, endAll, runToEnd } from './command';
import { assertEqual } from './contents';
import { assertFine, reportsOf } from './reports';
import { settle } from './settle';
import { Source, type SourceTable } from './source';

describe('Several processes and one DuckDB file', () => {
  let folder: string;
  let to: string;
  let source: Source;
  let table: SourceTable;
  let silent: Server | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-processes-'));
    to = join(folder, 'orders.duckdb');
    source = await Source.start({
      seed: 31,
      rate: 200,
      knobs: { partitions: 2, exportDurationMs: [60_000, 90_000] },
    });
    table = source.table('orders', 500);
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
    silent?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const words = (verb: string, ...more: string[]) => [...source.words(verb, to), ...more];
  const status = () => runToEnd(['status', '--to', to]);
  const reports = () => reportsOf(to);

  it('the process that has the file open runs status, verify and resync', async () => {
    const run = Command.start(words('run'));
    await run.phase('stream');
    table.write(20);

    assert.match(
      (await status()).stdout,
      new RegExp(`^A replicator is running \\(process ${run.pid}\\)\\.$`, 'm'),
    );
    const [report] = await reports();
    assert.equal(report?.table, 'orders');
    assert.equal(report.running, true);
    assert.equal(report.phase, 'stream');
    assert.equal(report.generation, 1);
    assert.notEqual(report.lagMs, null);
    assert.ok(report.rows > 300);

    const verify = await runToEnd(words('verify', '--yes'));
    assertFine(verify);
    assert.match(verify.stdout, /orders: \d+ rows compared, 0 differences/);

    assertFine(await runToEnd(words('resync', '--yes')));
    assert.equal((await reports())[0]?.generation, 2);

    const second = await runToEnd(words('run'));
    assert.equal(second.code, 1);
    assert.match(
      second.stderr,
      new RegExp(`process ${run.pid}\\), and a DuckDB file takes one process at a time`),
    );

    await settle(run, [table]);
    await assertEqual(to, table, 'after a resync from outside');
  });

  it('status, verify and resync open the file themselves if no process has it open', async () => {
    await settle(Command.start(words('run')), [table]);
    table.writeOne();
    assert.match((await status()).stdout, /^No replicator is running\.$/m);
    assert.deepEqual(
      (await reports()).map(({ running, phase, generation }) => ({ running, phase, generation })),
      [{ running: false, phase: 'stopped', generation: 1 }],
    );
    const verify = await runToEnd(words('verify', '--yes', '--json'));
    assertFine(verify);
    const [found] = JSON.parse(verify.stdout) as { rowsCompared: number; differences: number }[];
    assert.equal(found?.differences, 0);
    assert.ok(found.rowsCompared > 300);

    assertFine(await runToEnd(words('resync', '--yes')));
    assert.equal((await reports())[0]?.generation, 2);
    await settle(Command.start(words('run')), [table]);
    await assertEqual(to, table, 'after resync and run');
  });

  it('verify without a terminal requests nothing that costs money unless you pass --yes', async () => {
    const run = Command.start(words('run'));
    await run.phase('stream');
    const exports = () => table.call<{ ExportSummaries: object[] }>('ListExports').ExportSummaries.length;
    const before = exports();
    const verify = await runToEnd(words('verify'));
    assert.equal(verify.code, 2);
    assert.match(verify.stderr, /costs/);
    assert.match(verify.stderr, /--yes/);
    assert.equal(exports(), before);
  });

  it('a verify that is stopped, or whose replicator stops, ends with 4; the other process continues', async () => {
    const run = Command.start(words('run'));
    await run.phase('stream');
    // So that no verify is done before it is stopped.
    const pending = source.simulator.faults.add({
      operation: 'DescribeExport',
      answer: { kind: 'error', type: 'InternalServerError', status: 500 },
    });
    const stopped = Command.start(words('verify', '--yes'));
    await stopped.line('its progress', ({ text }) => text.includes('waiting until an export'));
    stopped.send('SIGINT');
    assert.equal((await stopped.end()).code, 4, stopped.picture());
    pending.remove();

    const cut = Command.start(words('verify', '--yes'));
    await cut.line('its progress', ({ text }) => text.includes('waiting until an export'));
    run.send('SIGTERM');
    assert.equal((await run.end()).code, 0, run.picture());
    const { code, stderr } = await cut.end();
    assert.equal(code, 4, cut.picture());
    assert.match(stderr, /Nothing is lost/);
  });

  it('the address that a killed process leaves behind does no harm', async () => {
    const run = Command.start(words('run'));
    await run.phase('stream');
    await run.kill();
    assert.ok(existsSync(`${to}.control.json`));
    assert.match((await status()).stdout, /^No replicator is running\.$/m);

    // Another program may have that port by now, and may never answer.
    silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent?.once('listening', resolve));
    const left = JSON.parse(readFileSync(`${to}.control.json`, 'utf8')) as object;
    const { port } = silent.address() as AddressInfo;
    writeFileSync(`${to}.control.json`, JSON.stringify({ ...left, port }));

    table.writeOne();
    await settle(Command.start(words('run')), [table]);
    await assertEqual(to, table, 'after the kill');
    assert.equal(existsSync(`${to}.control.json`), false);
  });
});
