import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperableDestination } from '../../runtime/destinations/destination';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { PostgresDestination, type PostgresOptions } from '../../runtime/destinations/postgres/destination';
import { settingsOf } from '../destinations/postgres-fixture';
import { createDatabase } from '../postgres-server';
import type { DatabaseText } from './database-text';
import * as duckdb from './duckdb-text';
import * as postgres from './postgres-text';

/** An initially empty database for one test. */
export interface Place {
  readonly opened: () => OperableDestination;
  exported(): Promise<DatabaseText>;
  imported(text: DatabaseText): Promise<void>;
  /** Runs a statement while no process has it open. */
  run(sql: string): Promise<unknown>;
  remove(): Promise<void>;
}

export interface PostgresPlace extends Place {
  readonly url: string;
  readonly openedAs: (role: string, password: string) => OperableDestination;
  readonly openedWith: (options: PostgresOptions) => OperableDestination;
}

/** Enough for a few rows. More threads would only spin. */
const ONE_THREAD = { threads: 1 };

export const PLACES = {
  duckdb: async (): Promise<Place> => {
    const folder = mkdtempSync(join(tmpdir(), 'replicator-upgrade-'));
    const file = join(folder, 'orders.duckdb');
    return {
      opened: () => new DuckDBDestination(duckdbSettings(file, ONE_THREAD)),
      exported: () => duckdb.exported(file),
      imported: (text) => duckdb.imported(text, file),
      run: (sql) => duckdb.run(file, sql),
      remove: async () => rmSync(folder, { recursive: true }),
    };
  },
  postgres: async (): Promise<PostgresPlace> => {
    const database = await createDatabase();
    const { url } = database;
    const context = { readSecret: async () => Promise.reject(new Error('These tests use no secrets.')) };
    return {
      url,
      opened: () => new PostgresDestination(settingsOf(url), context),
      openedWith: (options) => new PostgresDestination(settingsOf(url), context, options),
      openedAs: (role, password) => {
        const as = new URL(url);
        [as.username, as.password] = [role, password];
        return new PostgresDestination(settingsOf(as.href), context);
      },
      exported: () => postgres.exported(url),
      imported: (text) => postgres.imported(text, url),
      run: (sql) => postgres.run(url, sql),
      remove: () => database.drop(),
    };
  },
} as const;
export type Engine = keyof typeof PLACES;
