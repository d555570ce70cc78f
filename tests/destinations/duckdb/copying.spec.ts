import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DestinationUnusable } from '../../../runtime/destinations/errors';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import {
  copyDatabase,
  NoSpaceForCopy,
  requireSpace,
} from '../../../runtime/destinations/duckdb/copying/copy-database';
import { copyFiles } from '../../../runtime/destinations/duckdb/copying/copy-files';
import { CopyFolder, removeAbandonedCopies } from '../../../runtime/destinations/duckdb/copying/copy-folder';
import { DuckDBDestination } from '../../../runtime/destinations/duckdb/destination';
import { DestinationFileReplaced } from '../../../runtime/destinations/duckdb/file-path';
import { skipLoudly } from '../../skip-loudly';
import { quickIf } from '../../tiers/tier';
import { mountSmallDisk } from './small-disk';
import { ORDERS, published } from '../conformance/orders';
import type { DuckDBFixture } from '../duckdb-fixture';

const ROOT = join(__dirname, '../../..');
const MODULE = join(ROOT, 'runtime/destinations/duckdb/copying/copy-folder.ts');

describe('destination duckdb: copies of a file', () => {
  let folder: string;
  let path: string;
  const processes: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-copying-'));
    path = join(folder, 'shop.duckdb');
  });
  afterEach(() => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const same = () => undefined;
  const files = () => readdirSync(folder).sort();

  it('has the bytes of every file of the database, which are its user’s alone and can be written', async () => {
    const content = { '': 'rows', '.wal': 'log', '.wal.checkpoint': 'more log', '.wal.recovery': 'again' };
    for (const [suffix, bytes] of Object.entries(content)) writeFileSync(path + suffix, bytes);
    writeFileSync(`${path}.control.json`, 'not of the database');
    chmodSync(path, 0o444);
    const before = files();
    const copy = await copyDatabase(path, same, undefined);
    for (const [suffix, bytes] of Object.entries(content)) {
      assert.equal(readFileSync(copy.path + suffix, 'utf8'), bytes);
      assert.equal(statSync(copy.path + suffix).mode & 0o777, 0o600);
    }
    assert.equal(readdirSync(dirname(copy.path)).length, 4);
    assert.equal(statSync(dirname(dirname(copy.path))).mode & 0o777, 0o700);
    copy.remove();
    assert.deepEqual(files(), before);
  });

  const NAMES = [`it's "a" 100% [x]*?  $(y) é 💡 .duckdb`, 'back\\slash.duckdb', '-e.duckdb', 'lock.duckdb'];
  NAMES.forEach((name, i) => {
    quickIf(i === 0).it(`is made of a file with the name ${name}`, async () => {
      path = join(folder, name);
      const open = new DuckDBDestination(duckdbSettings(path));
      await published({ destination: open } as Partial<DuckDBFixture> as DuckDBFixture, [['a', '1']]);
      await open.close();
      const { destination, remove } = await open.copy();
      assert.equal((await destination.inspect(ORDERS.pipeline))?.rows, 1);
      await destination.lease(ORDERS);
      await destination.close();
      remove();
      await open.close();
      assert.deepEqual(files(), [name]);
    });
  });

  it('has what a killed process committed, also when the name of the log is not the file’s with an ending', async () => {
    const open = new DuckDBDestination(duckdbSettings(join(folder, `it's ?a=1?#b.duckdb`)));
    const store = await published({ destination: open } as Partial<DuckDBFixture> as DuckDBFixture, [
      ['a', '1'],
    ]);
    const killed = join(folder, 'killed');
    mkdirSync(killed);
    for (const name of files().filter((name) => name.endsWith('.duckdb')))
      copyFileSync(join(folder, name), join(killed, name));
    assert.equal(readdirSync(killed).length, 2);
    await store.release();
    await open.close();
    const reader = new DuckDBDestination(duckdbSettings(join(killed, `it's ?a=1?#b.duckdb`)));
    const { destination, remove } = await reader.copy();
    assert.equal((await destination.inspect(ORDERS.pipeline))?.rows, 1);
    await destination.close();
    remove();
    await reader.close();
  });

  it('is not made while this process writes to the file', async () => {
    const writer = new DuckDBDestination(duckdbSettings(path));
    await writer.lease(ORDERS);
    const reader = new DuckDBDestination(duckdbSettings(path));
    await assert.rejects(reader.copy(), /is open for writing/);
    await reader.close();
    await writer.close();
  });

  it('keeps other processes from writing while it is made', async () => {
    const open = new DuckDBDestination(duckdbSettings(path));
    await open.lease(ORDERS);
    await open.close();
    const { destination, remove } = await open.copy();
    const hold = `require('@duckdb/node-api').DuckDBInstance.create(process.argv[1]).then(() => console.log('opened'), ({ message }) => console.log(message))`;
    const opened = () =>
      spawnSync(process.execPath, ['-e', hold, path], { cwd: ROOT, encoding: 'utf8' }).stdout;
    assert.match(opened(), /Could not set lock/);
    await open.close();
    assert.match(opened(), /^opened/);
    await destination.close();
    remove();
  });

  it('is removed when it could not be completed, or another file took the place of the original', async () => {
    writeFileSync(path, 'rows');
    mkdirSync(`${path}.wal`);
    await assert.rejects(copyDatabase(path, same, undefined), (error) => {
      assert.ok(error instanceof DestinationUnusable, String(error));
      assert.match(error.message, /could not be made: E.*dynamodb-replicator run .* --to /);
      return true;
    });
    rmSync(`${path}.wal`, { recursive: true });
    const replaced = new DestinationFileReplaced(path, undefined);
    const copying = copyDatabase(
      path,
      () => {
        throw replaced;
      },
      undefined,
    );
    await assert.rejects(copying, (error) => error === replaced);
    assert.deepEqual(files(), ['shop.duckdb']);
  });

  it('is removed when it is interrupted, and so is the process that makes it', async () => {
    // Whoever copies from a pipe waits.
    assert.equal(spawnSync('mkfifo', [path]).status, 0);
    const reason = new Error('interrupted');
    const controller = new AbortController();
    const copying = copyFiles([[path, join(folder, 'copy')]], 'bytes', controller.signal);
    controller.abort(reason);
    await assert.rejects(copying, (error) => error === reason);
    rmSync(path);
    writeFileSync(path, 'rows');
    await assert.rejects(copyDatabase(path, same, AbortSignal.abort(reason)), (error) => error === reason);
    assert.deepEqual(files(), ['shop.duckdb']);
  });

  it('names what a disk has and needs, and the way without a copy', () => {
    const of = { path: '/data/shop.duckdb', folder: '/data', bytes: 1_500_000_000 };
    requireSpace({ ...of, free: 3_000_000_000 });
    assert.throws(
      () => requireSpace({ ...of, free: 2_999_000_000 }),
      (error) => {
        assert.ok(error instanceof NoSpaceForCopy);
        assert.match(error.message, /folder \/data .* need 3,000 MB, and 2,999 MB are free/);
        assert.match(
          error.message,
          /dynamodb-replicator run --table … --bucket … --to \/data\/shop\.duckdb$/,
        );
        return true;
      },
    );
  });

  it('is not begun on a disk without the space, and lies in the temporary folder if its own cannot be written', async function () {
    const unmount = mountSmallDisk(folder, 4);
    if (unmount === undefined) skipLoudly(this, 'a small disk needs the right to mount a tmpfs');
    const elsewhere = mkdtempSync(join(tmpdir(), 'replicator-temporary-'));
    const { TMPDIR } = process.env;
    try {
      writeFileSync(path, Buffer.alloc(3_000_000));
      await assert.rejects(copyDatabase(path, same, undefined), NoSpaceForCopy);
      assert.deepEqual(files(), ['shop.duckdb']);
      assert.equal(spawnSync('mount', ['-o', 'remount,ro', folder]).status, 0);
      process.env['TMPDIR'] = elsewhere;
      const copy = await copyDatabase(path, same, undefined);
      assert.equal(dirname(dirname(dirname(copy.path))), elsewhere);
      assert.equal(statSync(copy.path).size, 3_000_000);
      copy.remove();
      assert.deepEqual(readdirSync(elsewhere), []);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      rmSync(elsewhere, { recursive: true });
      unmount();
    }
  });

  /** A process that has made a folder for a copy, and what it then does. */
  const other = async (then: string) => {
    const program = `const { CopyFolder } = require(${JSON.stringify(MODULE)});
      CopyFolder.create(process.argv[1]).then(({ path }) => {
        require('node:fs').writeFileSync(path + '/rows', 'rows'); console.log(path); ${then} });`;
    const child = spawn(
      process.execPath,
      ['-r', join(ROOT, 'tests/load-typescript.cjs'), '-e', program, path],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    processes.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, made: line.toString().trim() };
  };
  const ended = async (child: ChildProcess) => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };

  it('is removed when its process exits', async () => {
    const { child } = await other('process.exit(4);');
    await ended(child);
    assert.deepEqual(files(), []);
  });

  it('is removed by the next process if its own was killed, and by nobody while that lives', async () => {
    const { child, made } = await other('setInterval(() => {}, 1000);');
    const mine = await CopyFolder.create(path);
    await removeAbandonedCopies(path);
    assert.deepEqual(files(), [basename(made), basename(mine.path)].sort());
    child.kill('SIGKILL');
    await ended(child);
    await removeAbandonedCopies(path);
    assert.deepEqual(files(), [basename(mine.path)]);
    mine.remove();
    assert.deepEqual(files(), []);
  });

  it('is also removed by the next process that writes to the file', async () => {
    const { child } = await other('setInterval(() => {}, 1000);');
    child.kill('SIGKILL');
    await ended(child);
    const writer = new DuckDBDestination(duckdbSettings(path));
    await writer.lease(ORDERS);
    await writer.close();
    assert.deepEqual(files(), ['shop.duckdb']);
  });

  it('is not confused with a folder or link that somebody else has put there', async () => {
    const theirs = join(folder, 'theirs');
    mkdirSync(theirs);
    writeFileSync(join(theirs, 'lock.duckdb'), '');
    symlinkSync(theirs, join(folder, '.replicator-copy-link'));
    mkdirSync(join(folder, '.replicator-copy-folder'));
    symlinkSync(join(theirs, 'lock.duckdb'), join(folder, '.replicator-copy-folder', 'lock.duckdb'));
    const before = files();
    await removeAbandonedCopies(path);
    assert.deepEqual(files(), before);
    assert.ok(existsSync(join(theirs, 'lock.duckdb')));
    assert.equal(statSync(join(theirs, 'lock.duckdb')).size, 0);
  });
});
