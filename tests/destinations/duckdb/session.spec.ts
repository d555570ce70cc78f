import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import { DatabaseFile } from '../../../runtime/destinations/duckdb/database-file';
import { Session } from '../../../runtime/destinations/duckdb/session';

/** A query that never ends in practice. */
const ENDLESS = 'SELECT sum(a.range * b.range) AS sum FROM range(10000000) a, range(10000000) b';

describe('destination duckdb: a transaction with a signal', () => {
  let folder: string;
  let file: DatabaseFile;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replicator-duckdb-'));
    file = await DatabaseFile.acquire(duckdbSettings(join(folder, 'one.duckdb'), { threads: 1 }));
  });
  afterEach(async () => {
    await file.release();
    await rm(folder, { recursive: true, force: true });
  });

  const reason = new Error('no longer wanted');

  it('is interrupted during a statement and rolled back, and its connection stays usable', async () => {
    const session = new Session(file, {});
    await session.transaction((transaction) => transaction.run('CREATE TABLE kept (value INTEGER)'));
    const stop = new AbortController();
    const running = session.transaction(async (transaction) => {
      await transaction.run('INSERT INTO kept VALUES (1)');
      setTimeout(() => stop.abort(reason), 50);
      await transaction.rows(ENDLESS);
    }, stop.signal);
    await assert.rejects(running, reason);
    const rows = await session.transaction((transaction) => transaction.rows('SELECT * FROM kept'));
    assert.deepEqual(rows, []);
    session.close();
  });

  it('begins no statement and commits nothing after the signal has aborted', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const session = new Session(file, {
      beforeStatement: (statement) => {
        seen.push(statement);
        if (statement.startsWith('CREATE')) stop.abort(reason);
      },
    });
    const work = session.transaction(
      (transaction) => transaction.run('CREATE TABLE made (value INTEGER)'),
      stop.signal,
    );
    await assert.rejects(work, reason);
    await assert.rejects(
      session.transaction(async () => undefined, stop.signal),
      reason,
    );
    assert.deepEqual(seen, ['BEGIN TRANSACTION', 'CREATE TABLE made (value INTEGER)']);
    session.close();
  });
});
