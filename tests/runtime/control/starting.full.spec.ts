import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../command/main';
import { FakeTerminal } from '../verbs/fake-terminal';

const ROOT = join(__dirname, '../../..');

/** Holds the file like a replicator that does not answer yet. */
const STARTING = `
  const { announceStart } = require('./runtime/control/starting');
  const { openDestination } = require('./runtime/destinations/kinds');
  const { readDestinationSettings } = require('./runtime/config');
  const { destination } = readDestinationSettings({ flags: { '--to': process.argv[1] }, environment: {} });
  (async () => {
    const opened = await openDestination(destination, {});
    await announceStart(opened.control);
    await opened.probe();
    const keySchema = { partition: { name: 'id', type: 'S' } };
    await opened.lease({ pipeline: 'orders', schema: undefined, table: 'orders', keySchema, deletes: 'hard' });
    console.log('holds it');
    setInterval(() => undefined, 1000);
  })();`;

describe('a file that a starting replicator holds', () => {
  let folder: string;
  let child: ChildProcess;
  let to: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-starting-'));
    to = join(folder, 'shop.duckdb');
    const loader = join(ROOT, 'tests/load-typescript.cjs');
    const argv = ['-r', loader, '-e', STARTING, to];
    child = spawn(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout!, 'data');
  });
  after(async () => {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  });

  it('status names it', async () => {
    const terminal = new FakeTerminal();
    assert.equal(await main(['status', '--to', to], terminal), 1);
    assert.match(
      terminal.complained,
      new RegExp(`^A replicator is starting for .* \\(process ${child.pid}\\)`),
    );
  });

  it('check reports it as holding the file', async () => {
    const terminal = new FakeTerminal();
    const words = ['check', '--table', 'orders', '--bucket', 'my-exports', '--to', to];
    await main([...words, '--endpoint', 'http://127.0.0.1:1', '--region', 'eu-west-1'], terminal);
    const line = `✓ destination reachable and writable: held by a replicator that is starting (process ${child.pid})`;
    assert.ok(terminal.written.split('\n').includes(line), terminal.written);
  });
});
