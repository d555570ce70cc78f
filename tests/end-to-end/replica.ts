import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';

/** What a column holds, independent of the database's type names. */
export type Kind = 'text' | 'number' | 'bytes' | 'boolean' | 'json';

/** A row with its cells as text: bytes in hexadecimal, others as the database prints them. */
export type Row = Readonly<Record<string, string | null>>;

/** A table read with the database's own client, without any of our code. */
export interface Replica {
  /** Without the replicator's own columns. */
  readonly columns: ReadonlyMap<string, Kind>;
  readonly rows: readonly Row[];
}

interface Database {
  readonly schema: string;
  readonly kinds: Readonly<Record<string, Kind>>;
  /** Bytes as text. */
  hex(column: string): string;
  query(to: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

const duckdb: Database = {
  schema: 'main',
  kinds: { VARCHAR: 'text', BIGINT: 'number', BLOB: 'bytes', BOOLEAN: 'boolean', JSON: 'json' },
  hex: (column) => `lower(hex(${column}))`,
  async query(file, sql) {
    const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
    try {
      const connection = await instance.connect();
      const rows = (await connection.runAndReadAll(sql)).getRowObjects();
      connection.closeSync();
      return rows;
    } finally {
      instance.closeSync();
    }
  },
};

const postgres: Database = {
  schema: 'public',
  kinds: { text: 'text', numeric: 'number', bytea: 'bytes', boolean: 'boolean', jsonb: 'json' },
  hex: (column) => `encode(${column}, 'hex')`,
  async query(url, sql) {
    const client = new Client(url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  },
};

const databaseAt = (to: string): Database => (to.startsWith('postgres://') ? postgres : duckdb);

/** Queries a destination with the database's own client. No process may have a DuckDB file open. */
export function query(to: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return databaseAt(to).query(to, sql);
}

/** Reads a table in the database's default schema. `to` is in the form of `--to`. */
export async function readReplica(to: string, table: string): Promise<Replica> {
  const { schema, kinds, hex } = databaseAt(to);
  const found = await query(
    to,
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
       WHERE table_schema = '${schema}' AND table_name = '${table}' AND column_name <> '__source_time'`,
  );
  const columns = new Map(
    found.map(({ name, type }) => {
      const kind = kinds[String(type).replace(/^DECIMAL\(.*/, 'BIGINT')];
      if (kind === undefined) throw new Error(`${String(name)} of ${table} is ${String(type)}`);
      return [String(name), kind];
    }),
  );
  const cells = [...columns].map(([name, kind]) => {
    const text = kind === 'bytes' ? hex(`"${name}"`) : `CAST("${name}" AS VARCHAR)`;
    return `${text} AS "${name}"`;
  });
  const rows = await query(to, `SELECT ${cells.join(', ')} FROM "${table}"`);
  return { columns, rows: rows as readonly Row[] };
}
