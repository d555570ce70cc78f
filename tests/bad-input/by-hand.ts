import pg from 'pg';
import { DuckDBFile } from '../exactness/duckdb-reader';
import { createDatabase } from '../postgres-server';
import type { Place } from './place';

/** The destination of a place, where a person runs statements. */
export interface ByHand {
  /** For `--to`. */
  readonly to: string;
  sql(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** Opens an empty destination of each kind. */
export const BY_HAND: Readonly<Record<'DuckDB' | 'PostgreSQL', (place: Place) => Promise<ByHand>>> = {
  async DuckDB({ to }) {
    const sql = async (statement: string) => {
      const file = await DuckDBFile.open(to);
      try {
        return await file.rows(statement);
      } finally {
        file.close();
      }
    };
    return { to, sql, close: async () => undefined };
  },
  async PostgreSQL() {
    const database = await createDatabase();
    const sql = async (statement: string) => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(statement)).rows;
      } finally {
        await client.end();
      }
    };
    return { to: database.url, sql, close: () => database.drop() };
  },
};
