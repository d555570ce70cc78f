import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { full } from '../tiers/tier';
import { Command, endAll, runToEnd } from './command';
import { assertEqual } from './contents';
import { caughtUp, settle } from './settle';
import { Source } from './source';

describe('Tables and files', () => {
  let folder: string;
  let to: string;
  let source: Source;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-tables-'));
    to = join(folder, 'shop.duckdb');
    source = await Source.start({
      seed: 21,
      rate: 200,
      knobs: { partitions: 2, exportDurationMs: [60_000, 90_000] },
    });
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  full.it('A3: another file for the same table gets its own export', async () => {
    const table = source.table('orders', 300);
    for (const name of ['first.duckdb', 'second.duckdb']) {
      const file = join(folder, name);
      table.write(200);
      await settle(Command.start(source.words('run', file)), [table]);
      await assertEqual(file, table, name);
    }
  });

  it('G1: a gap stops only its own table; the others in the file continue, and run ends with 3', async () => {
    const orders = source.table('orders', 500);
    const customers = source.table('customers', 500);
    for (const table of [orders, customers]) table.write(100);
    const run = Command.start(source.words('run', to));
    for (const { name } of [orders, customers]) await run.phase('stream', name);

    orders.stopWriting();
    orders.replaceStream();
    const atGap = (await run.line('the gap', ({ event }) => event === 'pipeline.failed')).text;
    for (let write = 0; write < 50; write++) customers.writeOne();
    await caughtUp(run, [customers]);
    run.send('SIGTERM');
    const { code } = await run.end();

    assert.equal(code, 3);
    assert.match(atGap, /Changes made between .* and .* may be lost: the table's stream was replaced/);
    assert.match(atGap, /dynamodb-replicator resync/);
    await assertEqual(to, customers, 'the other table goes on');
  });

  full.it('resync from another process restarts a table that a gap has stopped', async () => {
    const tables = [source.table('orders', 300), source.table('customers', 300)];
    const run = Command.start(source.words('run', to));
    for (const { name } of tables) await run.phase('stream', name);
    tables[0]!.replaceStream();
    await run.line('the gap', ({ event }) => event === 'pipeline.failed');
    for (const table of tables) table.writeOne();

    const resync = await runToEnd([...source.words('resync', to, tables.slice(0, 1)), '--yes']);
    assert.equal(resync.code, 0, resync.stderr);
    assert.match(resync.stdout, /^orders: reloaded and published/m);
    await settle(run, tables);
    for (const table of tables) await assertEqual(to, table, 'after the resync');
  });

  full.it('G1: run ends by itself with 3 when a gap stops the last table; resync repairs it', async () => {
    const orders = source.table('orders', 500);
    const run = Command.start(source.words('run', to));
    await run.phase('stream');
    orders.replaceStream();
    assert.equal((await run.end()).code, 3);
    orders.writeOne();

    const again = await runToEnd(source.words('run', to));
    assert.equal(again.code, 3, 'a gap is not forgotten');
    const status = await runToEnd(['status', '--to', to]);
    assert.match(status.stdout, /phase +gap/);

    const resync = await runToEnd([...source.words('resync', to), '--yes']);
    assert.equal(resync.code, 0, resync.stderr);
    await settle(Command.start(source.words('run', to)), [orders]);
    await assertEqual(to, orders, 'after the resync');
  });

  full.it('run ends with 1 after an error that a person must fix, and reports it', async () => {
    source.table('orders', 100);
    const run = Command.start(source.words('run', to));
    await run.phase('stream');
    rmSync(to);
    const { code, stdout } = await run.end();
    assert.equal(code, 1);
    assert.match(stdout, /shop\.duckdb was deleted, moved or replaced while the replicator had it open/);
  });

  it('wrong use ends with 2, a failed check with 1, a passed check with 0', async () => {
    source.table('orders', 10);
    const ends = await Promise.all([
      runToEnd(['run', '--tabel', 'orders', '--to', to]),
      runToEnd(['constantly']),
      runToEnd(source.words('check', to)),
      runToEnd([...source.words('check', to), '--table', 'nowhere']),
    ]);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [2, 2, 0, 1],
      ends.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
    );
    assert.match(ends[0]!.stderr, /--tabel/);
  });
});
