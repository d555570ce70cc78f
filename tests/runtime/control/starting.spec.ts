import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announceStart, ReplicatorStarting, unlessStarting } from '../../../runtime/control/starting';
import { DestinationLocked } from '../../../runtime/destinations/errors';

/** Larger than any process id. */
const NOBODY = 2 ** 31 - 1;

describe('a replicator that is starting', () => {
  let folder: string;
  let address: string;
  const place = () => ({
    kind: 'file' as const,
    destinationFile: join(folder, 'shop.duckdb'),
    phrase: 'a DuckDB file',
  });
  const lockedBy = (pid: number | undefined) =>
    new DestinationLocked('DuckDB file shop.duckdb', pid, { phrase: 'a DuckDB file', others: 'a shell' });
  const whileLocked = (pid: number | undefined) =>
    unlessStarting(place(), () => Promise.reject(lockedBy(pid)));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-starting-'));
    address = join(folder, 'shop.duckdb.control.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is named when it holds the file, instead of a program that you have to close', async () => {
    await announceStart(place());
    await assert.rejects(whileLocked(process.pid), (error) => {
      assert.ok(error instanceof ReplicatorStarting);
      assert.equal(error.pid, process.pid);
      assert.match(
        error.message,
        /^A replicator is starting for .*shop\.duckdb \(process \d+\), and a DuckDB file takes /,
      );
      return true;
    });
    // It may have started to answer meanwhile.
    writeFileSync(address, JSON.stringify({ pid: process.pid, port: 1, token: 't', tables: [] }));
    await assert.rejects(whileLocked(process.pid), ReplicatorStarting);
  });

  it('is not named when another program holds the file', async () => {
    await assert.rejects(whileLocked(process.pid), DestinationLocked);
    await announceStart(place());
    for (const pid of [process.ppid, undefined]) await assert.rejects(whileLocked(pid), DestinationLocked);
    const other = new Error('of another kind');
    await assert.rejects(
      unlessStarting(place(), () => Promise.reject(other)),
      other,
    );
  });

  it('leaves the address of another replicator alone, and removes only its own announcement', async () => {
    // Two replicators may run in one process, too.
    for (const pid of [process.ppid, process.pid]) {
      const others = JSON.stringify({ pid, port: 1, token: 't', tables: [] });
      writeFileSync(address, others);
      await (
        await announceStart(place())
      )();
      assert.equal(readFileSync(address, 'utf8'), others);
    }
    writeFileSync(address, JSON.stringify({ pid: NOBODY, starting: true }));
    const withdraw = await announceStart(place());
    assert.deepEqual(JSON.parse(readFileSync(address, 'utf8')), { pid: process.pid, starting: true });
    await withdraw();
    assert.ok(!existsSync(address));
  });

  it('announces nothing if the folder is missing', async () => {
    const withdraw = await announceStart({
      ...place(),
      destinationFile: join(folder, 'missing', 'shop.duckdb'),
    });
    await withdraw();
  });
});
