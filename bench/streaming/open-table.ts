import { join } from 'node:path';
import { Client } from 'pg';
import type { StreamRecord } from '../../runtime/aws/services';
import type { AppliedRole, CheckpointWrite } from '../../runtime/destinations/destination';
import { Events } from '../../runtime/observe/events';
import { TableWriter } from '../../runtime/pipeline/table-writer';
import { begin, PIPELINE } from '../begin';
import { knownCatalog } from '../shapes/input';
import { duckdbReplay } from './duckdb-replay';
import { postgresReplay } from './postgres-replay';
import type { Replay } from './replay';
import { COLUMNS, fillSql } from './table';

export interface TableOptions {
  readonly engine: 'duckdb' | 'postgres';
  readonly rows: number;
  readonly folder: string;
  readonly postgresUrl: string | undefined;
}

/** A published table and its writer. */
export interface OpenTable {
  readonly replay: Replay;
  apply(records: readonly StreamRecord[], checkpoint: CheckpointWrite): Promise<void>;
  /** Runs work as during a resync, which keeps every change a second time (rule P3). */
  inResync<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Fills a table of `rows` rows with the engine's own SQL and publishes it as the first generation. */
export async function openTable({ engine, rows, folder, postgresUrl }: TableOptions): Promise<OpenTable> {
  const path = join(folder, 'streaming.duckdb');
  const to = engine === 'duckdb' ? path : String(postgresUrl);
  const { destination, store } = await begin(to, COLUMNS);
  const sql = fillSql(engine, rows);
  await (engine === 'duckdb' ? destination.query(sql) : runOnce(to, sql));
  await store.publish(() => ({ head: 'published', shards: new Map() }));
  const catalog = knownCatalog(COLUMNS, destination.dialect);
  const writer = new TableWriter(store, catalog, PIPELINE, new Events());
  const replay = await (engine === 'duckdb' ? duckdbReplay(path) : postgresReplay(to));
  let role: AppliedRole = 'visible';
  let generation = 1;
  return {
    replay,
    async apply(records, checkpoint) {
      await writer.apply(role, records, checkpoint);
    },
    async inResync(work) {
      await store.startGeneration((generation += 1), { head: 'resync', shards: new Map() });
      role = 'both';
      try {
        return await work();
      } finally {
        role = 'visible';
        await store.abandonLoad({ head: 'published', shards: new Map() });
      }
    },
    async close() {
      await replay.close();
      await store.release();
      await destination.close();
    },
  };
}

async function runOnce(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
