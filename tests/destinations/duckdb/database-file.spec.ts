import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import { DatabaseFile } from '../../../runtime/destinations/duckdb/database-file';

describe('destination duckdb: opening and closing one file', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'replicator-duckdb-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const acquire = () => DatabaseFile.acquire(duckdbSettings(join(folder, 'one.duckdb')));

  /** A call into DuckDB that runs until it is ended. */
  function longCall(file: DatabaseFile): { end(): void; readonly done: Promise<void> } {
    let end: () => void = () => undefined;
    const done = file.use(() => new Promise<void>((resolve) => (end = resolve)));
    return { end: () => end(), done };
  }

  /** Waits until everything has settled, however many turns of the event loop that takes. */
  const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

  it('waits for a running call before it is reopened and closed', async () => {
    const file = await acquire();
    const call = longCall(file);
    file.invalidate(file.incarnation);
    let closed = false;
    const closing = file.release().then(() => (closed = true));
    await settled();
    assert.equal(closed, false);
    call.end();
    await closing;
    await assert.rejects(file.connect(), /is closed/);
  });

  it('is closed once when it is released, acquired and released again during a call', async () => {
    const first = await acquire();
    const call = longCall(first);
    const closings = [first.release()];
    const second = await acquire();
    assert.equal(second, first);
    closings.push(second.release());
    call.end();
    await Promise.all(closings);
    const third = await acquire();
    assert.notEqual(third, first);
    await third.connect();
    await third.release();
  });

  it('is open for a user that acquires it while it is being closed', async () => {
    for (let turns = 0; turns < 12; turns++) {
      const file = await acquire();
      const call = longCall(file);
      const closing = file.release();
      call.end();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const next = await acquire();
      await closing;
      // There may be only one open file per path, or DuckDB damages it.
      assert.equal(await acquire(), next, `after ${turns} turns`);
      const connection = await next.connect();
      await connection.run('CREATE TABLE IF NOT EXISTS written (value INTEGER)');
      await next.release();
      await next.release();
    }
  });
});
