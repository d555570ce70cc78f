import type { Column } from '../../item/column';
import type { LedgerEntry, LoadedRole } from '../destination';
import { FileLoadedMeanwhile } from '../errors';
import {
  type OwnRows,
  ownState,
  type PipelineRow,
  pipelineRow,
  readPipeline,
  STATE_COLUMNS,
} from '../relational/bookkeeping';
import { integer } from '../relational/sql';
import { OWN_SCHEMA } from '../relational/target';
import { isTrue } from '../relational/transaction';
import type { Statement } from './connection/round-trip';
import type { Transaction } from './connection/transaction';
import { textArray } from './rows/arrays';

/** The schema of the bookkeeping tables. Each of their rows belongs to one pipeline. */
export const BOOKKEEPING = OWN_SCHEMA;

/** The first halves of the keys of advisory locks. The second half is the pipeline's number. */
export const LOCKS = {
  /** Held while the bookkeeping tables are created. */
  bookkeeping: 1_836_411_001,
  /**
   * Held in shared mode by every transaction that writes for a pipeline. It shows which sessions an earlier writer
   * still has.
   */
  writing: 1_836_411_002,
  /** Held by the session of the one writer, unless a pooler is in between. A courtesy to users; the epoch is the fence. */
  writer: 1_836_411_003,
} as const;

/** A pipeline's row. */
export interface PostgresPipelineRow extends PipelineRow {
  /** Number of commits. It reveals a server that has lost some of them. */
  readonly commits: number;
  /** The table has a key that is too long for an index. */
  readonly longKeys: boolean;
  /** The visible table's unique index is over digests of the keys. */
  readonly digestKey: boolean;
}

/** The bookkeeping rows of a pipeline. */
export function ownRows(number: number): OwnRows {
  return { schema: BOOKKEEPING, condition: `number = ${integer(number)}`, values: undefined };
}

const STATE = `${STATE_COLUMNS}, long_keys, digest_key,
  (SELECT commit FROM ${BOOKKEEPING}.heads __r_head WHERE __r_head.number = __r_pipeline.number
     ORDER BY commit DESC LIMIT 1) AS commits`;

export async function bookkeepingExists(transaction: Transaction): Promise<boolean> {
  return tableExists(transaction, BOOKKEEPING, 'format');
}

export async function schemaExists(transaction: Transaction, schema: string): Promise<boolean> {
  return (await transaction.rows(`SELECT FROM pg_namespace WHERE nspname = $1`, [schema])).length > 0;
}

/** Whether a table, or anything else that shares names with tables, has this name. */
export async function tableExists(transaction: Transaction, schema: string, table: string): Promise<boolean> {
  const rows = await transaction.rows(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, table],
  );
  return rows.length > 0;
}

export async function readState(
  transaction: Transaction,
  pipeline: string,
): Promise<PostgresPipelineRow | undefined> {
  const row = await readPipeline(transaction, BOOKKEEPING, pipeline, STATE);
  if (row === undefined) return undefined;
  return {
    ...pipelineRow(row),
    commits: Number(row['commits']),
    longKeys: isTrue(row['long_keys']),
    digestKey: isTrue(row['digest_key']),
  };
}

/**
 * Locks and reads the pipeline's row: nobody can change it until this transaction ends.
 * @throws LeaseLost when the epoch has increased (rule C2)
 */
export async function lockOwnState(
  transaction: Transaction,
  pipeline: string,
  epoch: number,
  lock: 'FOR SHARE' | 'FOR NO KEY UPDATE',
): Promise<PostgresPipelineRow> {
  // A statement of its own: only the next one sees what was committed while this one waited.
  await transaction.run(`SELECT FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1 ${lock}`, [pipeline]);
  return ownState(await readState(transaction, pipeline), pipeline, epoch);
}

/** Shows other sessions that the transaction writes for a pipeline. Take it before any other lock. */
export function markWriting(number: number): Statement {
  return { sql: `SELECT pg_advisory_xact_lock_shared(${LOCKS.writing}, ${integer(number)})` };
}

export async function writeColumns(
  transaction: Transaction,
  number: number,
  columns: readonly Column[],
): Promise<void> {
  await transaction.run(`DELETE FROM ${BOOKKEEPING}.columns WHERE number = ${integer(number)}`);
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.columns
       SELECT ${integer(number)}, position, definition FROM unnest($1::text[]) WITH ORDINALITY AS u (definition, position)`,
    [textArray(columns.map((column) => JSON.stringify(column)))],
  );
}

/** @throws FileLoadedMeanwhile */
export async function writeLedger(
  transaction: Transaction,
  number: number,
  role: LoadedRole,
  entries: readonly LedgerEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const written = await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.ledger
       SELECT ${integer(number)}, '${role}', file, items::bigint FROM unnest($1::text[], $2::text[]) AS u (file, items)
       ON CONFLICT DO NOTHING`,
    [textArray(entries.map(({ file }) => file)), textArray(entries.map(({ items }) => String(items)))],
  );
  if (written < entries.length) throw new FileLoadedMeanwhile();
}
