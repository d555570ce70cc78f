import { listValue, type DuckDBValue } from '@duckdb/node-api';
import type { Column } from '../../item/column';
import type { LedgerEntry, LoadedRole } from '../destination';
import { type OwnRows, type PipelineRow, pipelineRow, readPipeline } from '../relational/bookkeeping';
import { columnList } from '../relational/sql';
import { OWN_SCHEMA } from '../relational/target';
import { CATALOG } from './database-file';
import type { Transaction } from './session';

/** The schema of the bookkeeping tables, for SQL text. Each of their rows belongs to one pipeline. */
export const BOOKKEEPING = `${CATALOG}.${OWN_SCHEMA}`;

/** The bookkeeping rows of a pipeline. */
export function ownRows(pipeline: string): OwnRows {
  return { schema: BOOKKEEPING, condition: 'pipeline = $1', values: [pipeline] };
}

export async function bookkeepingExists(transaction: Transaction): Promise<boolean> {
  return tableExists(transaction, OWN_SCHEMA, 'pipelines');
}

/** Whether a table or view has this name, in any case. */
export async function tableExists(transaction: Transaction, schema: string, table: string): Promise<boolean> {
  return (await kindOfName(transaction, schema, table)) !== undefined;
}

/** What has this name, in any case. `undefined`: nothing that excludes a table. */
export async function kindOfName(
  transaction: Transaction,
  schema: string,
  table: string,
): Promise<'table' | 'view' | undefined> {
  const [row] = await transaction.rows(
    `SELECT table_type AS type FROM information_schema.tables WHERE table_catalog = $1
       AND lower(table_schema) = lower($2) AND lower(table_name) = lower($3)`,
    [CATALOG, schema, table],
  );
  if (row === undefined) return undefined;
  return row['type'] === 'VIEW' ? 'view' : 'table';
}

export async function readState(
  transaction: Transaction,
  pipeline: string,
): Promise<PipelineRow | undefined> {
  // All columns: format 1 has fewer of them.
  const row = await readPipeline(transaction, BOOKKEEPING, pipeline, '*');
  return row && pipelineRow(row);
}

export async function writeColumns(
  transaction: Transaction,
  pipeline: string,
  columns: readonly Column[],
): Promise<void> {
  await transaction.run(`DELETE FROM ${BOOKKEEPING}.columns WHERE pipeline = $1`, [pipeline]);
  if (columns.length === 0) return;
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.columns (${columnList(['pipeline', 'position', 'name', 'definition'])})
       SELECT $1, generate_subscripts($2::VARCHAR[], 1), unnest($2::VARCHAR[]), unnest($3::VARCHAR[])`,
    [
      pipeline,
      textList(columns.map(({ name }) => name)),
      textList(columns.map((column) => JSON.stringify(column))),
    ],
  );
}

/** Whether the ledger has any of the files. */
export async function isInLedger(
  transaction: Transaction,
  pipeline: string,
  role: LoadedRole,
  files: readonly string[],
): Promise<boolean> {
  if (files.length === 0) return false;
  const rows = await transaction.rows(
    `SELECT file FROM ${BOOKKEEPING}.ledger
       WHERE pipeline = $1 AND stage = $2 AND file IN (SELECT unnest($3::VARCHAR[])) LIMIT 1`,
    [pipeline, role, textList(files)],
  );
  return rows.length > 0;
}

export async function writeLedger(
  transaction: Transaction,
  pipeline: string,
  role: LoadedRole,
  entries: readonly LedgerEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.ledger SELECT $1, $2, unnest($3::VARCHAR[]), unnest($4::VARCHAR[])::BIGINT`,
    [
      pipeline,
      role,
      textList(entries.map(({ file }) => file)),
      textList(entries.map(({ items }) => String(items))),
    ],
  );
}

export function textList(values: readonly (string | null)[]): DuckDBValue {
  return listValue([...values]);
}
