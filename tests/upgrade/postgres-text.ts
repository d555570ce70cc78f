import { Client } from 'pg';
import type { DatabaseText } from './database-text';

/** Tables outside the system schemas, with the statements that create them and their rows as JSON. */
const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, n.nspname AS schema,
    (SELECT string_agg(format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
         CASE WHEN l.collname = 'C' THEN ' COLLATE "C"' END,
         CASE WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END,
         CASE WHEN a.attnotnull THEN ' NOT NULL' END), ', ' ORDER BY a.attnum)
       FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         LEFT JOIN pg_collation l ON l.oid = a.attcollation
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    ARRAY(SELECT format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k
       WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u') ORDER BY k.conname) AS constraints,
    ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid AND NOT EXISTS
       (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1) AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY name`;

interface TableText {
  readonly schema: string;
  /** Comma-separated column definitions. */
  readonly columns: string;
  readonly constraints: readonly string[];
  /** Statements that create the indexes without a constraint. */
  readonly indexes?: readonly string[];
  readonly rows: readonly object[];
}

export async function exported(url: string): Promise<DatabaseText> {
  return connected(url, async (client) => {
    const tables: Record<string, string> = {};
    for (const { name, schema, columns, constraints, indexes } of (await client.query(TABLES)).rows) {
      const { rows } = await client.query(`SELECT to_json(t) AS row FROM ${name} t ORDER BY t`);
      const text: TableText = {
        schema,
        columns,
        constraints,
        ...(indexes.length > 0 && { indexes }),
        rows: rows.map(({ row }) => row as object),
      };
      tables[String(name)] = JSON.stringify(text);
    }
    return tables;
  });
}

export async function imported(tables: DatabaseText, url: string): Promise<void> {
  await connected(url, async (client) => {
    for (const [name, text] of Object.entries(tables)) {
      const { schema, columns, constraints, indexes = [], rows } = JSON.parse(text) as TableText;
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      await client.query(`CREATE TABLE ${name} (${[columns, ...constraints].join(', ')})`);
      for (const index of indexes) await client.query(index);
      await client.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1)`, [
        JSON.stringify(rows),
      ]);
    }
  });
}

/** Runs one statement and returns the number of written rows. */
export async function run(url: string, sql: string): Promise<number> {
  return connected(url, async (client) => (await client.query(sql)).rowCount ?? 0);
}

async function connected<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
