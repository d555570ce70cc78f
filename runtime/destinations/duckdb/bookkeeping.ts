import { listValue, type DuckDBValue } from '@duckdb/node-api';
import type { Column } from '../../item/column';
import type { CheckpointWrite, LedgerLine, StoredCheckpoint } from '../destination';
import { LeaseLost } from '../errors';
import { CATALOG } from './database-file';
import type { SqlRow, Transaction } from './session';
import { columnList } from '../relational/sql';
import { OWN_SCHEMA } from '../relational/target';

/** The schema of all tables of our own, for SQL text; each line of them belongs to one pipeline. */
export const BOOKKEEPING = `${CATALOG}.${OWN_SCHEMA}`;

export interface Counts {
  /** Rows of the visible table that are not soft-deleted. */
  readonly rows: number;
  /** Dead letters of the visible table. */
  readonly deadLetters: number;
}

/** A pipeline's line, without what only `lease` needs. */
export interface PipelineState {
  readonly epoch: number;
  readonly number: number;
  readonly generation: number;
  /** Its shadow and changes tables exist. */
  readonly loading: boolean;
  /** Its visible table exists. */
  readonly published: boolean;
  /** Its verify table exists, and the keys that change are recorded. */
  readonly verifying: boolean;
}

export async function bookkeepingExists(transaction: Transaction): Promise<boolean> {
  return tableExists(transaction, OWN_SCHEMA, 'pipelines');
}

/** Whether a table or view has that name, in any case. */
export async function tableExists(transaction: Transaction, schema: string, table: string): Promise<boolean> {
  const rows = await transaction.rows(
    `SELECT 1 AS found FROM information_schema.tables WHERE table_catalog = $1
       AND lower(table_schema) = lower($2) AND lower(table_name) = lower($3)`,
    [CATALOG, schema, table],
  );
  return rows.length > 0;
}

export async function readState(
  transaction: Transaction,
  pipeline: string,
): Promise<PipelineState | undefined> {
  const [row] = await transaction.rows(
    `SELECT epoch, number, generation, loading, published, verifying
       FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1`,
    [pipeline],
  );
  return row && pipelineState(row);
}

function pipelineState(row: SqlRow): PipelineState {
  return {
    epoch: Number(row['epoch']),
    number: Number(row['number']),
    generation: Number(row['generation']),
    loading: row['loading'] === true,
    published: row['published'] === true,
    verifying: row['verifying'] === true,
  };
}

/** @throws LeaseLost when the epoch has grown (rule C2) */
export async function readOwnState(
  transaction: Transaction,
  pipeline: string,
  epoch: number,
): Promise<PipelineState> {
  const state = await readState(transaction, pipeline);
  if (state?.epoch !== epoch) throw new LeaseLost(pipeline, epoch);
  return state;
}

/** Sets columns of the pipeline's line; the values are SQL. */
export async function updateState(
  transaction: Transaction,
  pipeline: string,
  values: Partial<Record<'generation' | 'loading' | 'published' | 'verifying', string>>,
): Promise<void> {
  const assignments = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  await transaction.run(`UPDATE ${BOOKKEEPING}.pipelines SET ${assignments.join(', ')} WHERE pipeline = $1`, [
    pipeline,
  ]);
}

export async function readCheckpoint(
  transaction: Transaction,
  pipeline: string,
): Promise<StoredCheckpoint | undefined> {
  const [head] = await transaction.rows(`SELECT head FROM ${BOOKKEEPING}.heads WHERE pipeline = $1`, [
    pipeline,
  ]);
  if (head === undefined) return undefined;
  const shards = await transaction.rows(
    `SELECT shard, state FROM ${BOOKKEEPING}.shards WHERE pipeline = $1`,
    [pipeline],
  );
  return {
    head: String(head['head']),
    shards: new Map(shards.map((row) => [String(row['shard']), String(row['state'])])),
  };
}

/** What the visible table and its dead letters count; 0 before the first checkpoint. */
export async function readCounts(transaction: Transaction, pipeline: string): Promise<Counts> {
  const [row] = await transaction.rows(
    `SELECT rows, dead_letters FROM ${BOOKKEEPING}.heads WHERE pipeline = $1`,
    [pipeline],
  );
  return countsIn(row);
}

function countsIn(row: SqlRow | undefined): Counts {
  return { rows: Number(row?.['rows'] ?? 0), deadLetters: Number(row?.['dead_letters'] ?? 0) };
}

/** Lines are deleted and inserted, never updated: after an update DuckDB cannot shorten its log while a load is open. */
export async function writeCheckpoint(
  transaction: Transaction,
  pipeline: string,
  checkpoint: CheckpointWrite,
  counts?: Counts,
): Promise<void> {
  const before = await takeHead(transaction, pipeline);
  await putHead(transaction, pipeline, checkpoint, counts ?? before);
}

/** Removes the head of the last commit: `putHead` follows. Returns what it counts. */
export async function takeHead(transaction: Transaction, pipeline: string): Promise<Counts> {
  const [head] = await transaction.rows(
    `DELETE FROM ${BOOKKEEPING}.heads WHERE pipeline = $1 RETURNING rows, dead_letters`,
    [pipeline],
  );
  return countsIn(head);
}

export async function putHead(
  transaction: Transaction,
  pipeline: string,
  { head, shards }: CheckpointWrite,
  { rows, deadLetters }: Counts,
): Promise<void> {
  await transaction.run(`INSERT INTO ${BOOKKEEPING}.heads VALUES ($1, $2, $3, $4)`, [
    pipeline,
    head,
    BigInt(rows),
    BigInt(deadLetters),
  ]);
  if (shards.size === 0) return;
  await transaction.run(
    `DELETE FROM ${BOOKKEEPING}.shards WHERE pipeline = $1 AND shard IN (SELECT unnest($2::VARCHAR[]))`,
    [pipeline, textList([...shards.keys()])],
  );
  const kept = [...shards].flatMap(([shard, state]) => (state === null ? [] : [[shard, state] as const]));
  if (kept.length === 0) return;
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.shards SELECT $1, unnest($2::VARCHAR[]), unnest($3::VARCHAR[])`,
    [pipeline, textList(kept.map(([shard]) => shard)), textList(kept.map(([, state]) => state))],
  );
}

export async function readColumns(transaction: Transaction, pipeline: string): Promise<readonly Column[]> {
  const rows = await transaction.rows(
    `SELECT definition FROM ${BOOKKEEPING}.columns WHERE pipeline = $1 ORDER BY position`,
    [pipeline],
  );
  return rows.map((row) => JSON.parse(String(row['definition'])) as Column);
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

export async function readLedger(
  transaction: Transaction,
  pipeline: string,
  stage: 'shadow' | 'verify',
): Promise<readonly LedgerLine[]> {
  const rows = await transaction.rows(
    `SELECT file, items FROM ${BOOKKEEPING}.ledger WHERE pipeline = $1 AND stage = $2 ORDER BY file`,
    [pipeline, stage],
  );
  return rows.map((row) => ({ file: String(row['file']), items: Number(row['items']) }));
}

/** Whether any of the files has its line. */
export async function isInLedger(
  transaction: Transaction,
  pipeline: string,
  stage: 'shadow' | 'verify',
  files: readonly string[],
): Promise<boolean> {
  if (files.length === 0) return false;
  const rows = await transaction.rows(
    `SELECT file FROM ${BOOKKEEPING}.ledger
       WHERE pipeline = $1 AND stage = $2 AND file IN (SELECT unnest($3::VARCHAR[])) LIMIT 1`,
    [pipeline, stage, textList(files)],
  );
  return rows.length > 0;
}

export async function writeLedger(
  transaction: Transaction,
  pipeline: string,
  stage: 'shadow' | 'verify',
  lines: readonly LedgerLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.ledger SELECT $1, $2, unnest($3::VARCHAR[]), unnest($4::VARCHAR[])::BIGINT`,
    [
      pipeline,
      stage,
      textList(lines.map(({ file }) => file)),
      textList(lines.map(({ items }) => String(items))),
    ],
  );
}

export async function clearLedger(
  transaction: Transaction,
  pipeline: string,
  stage: 'shadow' | 'verify',
): Promise<void> {
  await transaction.run(`DELETE FROM ${BOOKKEEPING}.ledger WHERE pipeline = $1 AND stage = $2`, [
    pipeline,
    stage,
  ]);
}

function textList(values: readonly string[]): DuckDBValue {
  return listValue([...values]);
}
