import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { Changes } from '../../bench/streaming/changes';
import { openTable } from '../../bench/streaming/open-table';
import { createDatabase, requirePostgres } from '../postgres-server';

const ROWS = 1_000;
const COUNT = 'SELECT count(*)::INTEGER AS count, count(DISTINCT customer)::INTEGER AS customers FROM bench';

/** Applies a batch, records and sends two more, and applies a last one. @returns the expected number of rows */
async function follow(engine: 'duckdb' | 'postgres', folder: string, postgresUrl?: string): Promise<number> {
  const table = await openTable({ engine, rows: ROWS, folder, postgresUrl });
  const changes = new Changes(3, ROWS);
  const rows = new Set(Array.from({ length: ROWS }, (_, i) => `order-${i}`));
  let commits = 0;
  const batch = () => {
    const records = changes.batch(100);
    for (const { eventName, keys } of records) {
      const { S } = keys.get('id') as { S: string };
      if (eventName === 'REMOVE') rows.delete(S);
      else rows.add(S);
    }
    return table.apply(records, { head: String(++commits), shards: new Map([['shard', String(commits)]]) });
  };
  try {
    await batch();
    await table.replay.record(batch);
    await table.replay.record(batch);
    await table.replay.send();
    await table.replay.send();
    await table.inResync(batch);
    await batch();
  } finally {
    await table.close();
  }
  return rows.size;
}

describe('bench: recorded statements have the same effect as our own, exactly once', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replicator-replay-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('DuckDB', async () => {
    const expected = await follow('duckdb', folder);
    const instance = await DuckDBInstance.create(join(folder, 'streaming.duckdb'));
    const reader = await (await instance.connect()).runAndReadAll(COUNT);
    instance.closeSync();
    assert.deepEqual(reader.getRowObjects(), [{ count: expected, customers: expected }]);
  });

  describe('PostgreSQL', () => {
    before(requirePostgres);

    it('too', async () => {
      const database = await createDatabase();
      try {
        const expected = await follow('postgres', folder, database.url);
        const client = new Client(database.url);
        await client.connect();
        const { rows } = await client.query(COUNT);
        await client.end();
        assert.deepEqual(rows, [{ count: expected, customers: expected }]);
      } finally {
        await database.drop();
      }
    });
  });
});
