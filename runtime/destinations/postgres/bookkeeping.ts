import { LeaseLost } from '../errors';
import { integer } from '../relational/sql';
import { OWN_SCHEMA } from '../relational/target';
import type { SqlRow } from './connection/connection';
import type { Statement } from './connection/round-trip';
import type { Transaction } from './connection/transaction';

/** The schema of all tables of our own; each line of them belongs to one pipeline. */
export const BOOKKEEPING = OWN_SCHEMA;

/** First halves of advisory locks' keys; the second is a pipeline's number. */
export const LOCKS = {
  /** Held while tables of our own are made. */
  bookkeeping: 1_836_411_001,
  /** Shared by every transaction that writes for a pipeline: it tells which sessions a taken-over writer has. */
  writing: 1_836_411_002,
  /** Held by the session of the one writer, where no pooler stands between: a courtesy, not the fence. */
  writer: 1_836_411_003,
} as const;

/** A pipeline's line. */
export interface PipelineState {
  readonly epoch: number;
  /** Counts what was committed for it: a server that has lost some of it is noticed. */
  readonly commits: number;
  readonly number: number;
  readonly generation: number;
  /** Its shadow and changes tables exist. */
  readonly loading: boolean;
  /** Its visible table exists. */
  readonly published: boolean;
  /** Its verify table exists, and the keys that change are recorded. */
  readonly verifying: boolean;
  /** A key too long for an index has turned up. */
  readonly longKeys: boolean;
  /** The visible table's unique index is over digests of the keys. */
  readonly digestKey: boolean;
}

const STATE = `epoch, number, generation, loading, published, verifying, long_keys, digest_key,
  (SELECT commit FROM ${BOOKKEEPING}.heads __r_head WHERE __r_head.number = __r_pipeline.number
     ORDER BY commit DESC LIMIT 1) AS commits`;

export async function bookkeepingExists(transaction: Transaction): Promise<boolean> {
  return tableExists(transaction, BOOKKEEPING, 'format');
}

export async function schemaExists(transaction: Transaction, schema: string): Promise<boolean> {
  return (await transaction.rows(`SELECT FROM pg_namespace WHERE nspname = $1`, [schema])).length > 0;
}

/** Whether a table, view or anything else that takes a table's name has it. */
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
): Promise<PipelineState | undefined> {
  const [row] = await transaction.rows(
    `SELECT ${STATE} FROM ${BOOKKEEPING}.pipelines __r_pipeline WHERE pipeline = $1`,
    [pipeline],
  );
  return row && pipelineState(row);
}

function pipelineState(row: SqlRow): PipelineState {
  const is = (name: string) => row[name] === 't';
  return {
    epoch: Number(row['epoch']),
    commits: Number(row['commits']),
    number: Number(row['number']),
    generation: Number(row['generation']),
    loading: is('loading'),
    published: is('published'),
    verifying: is('verifying'),
    longKeys: is('long_keys'),
    digestKey: is('digest_key'),
  };
}

/** The line as nobody can change it before this transaction ends. @throws LeaseLost when the epoch has grown (rule C2) */
export async function lockOwnState(
  transaction: Transaction,
  pipeline: string,
  epoch: number,
  lock: 'FOR SHARE' | 'FOR NO KEY UPDATE',
): Promise<PipelineState> {
  // On its own: what was committed while it waited is seen by the next statement only.
  await transaction.run(`SELECT FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1 ${lock}`, [pipeline]);
  const state = await readState(transaction, pipeline);
  if (state?.epoch !== epoch) throw new LeaseLost(pipeline, epoch);
  return state;
}

/** Shows other sessions that the transaction writes for a pipeline; to be done before anything else of it is locked. */
export function markWriting(number: number): Statement {
  return { sql: `SELECT pg_advisory_xact_lock_shared(${LOCKS.writing}, ${integer(number)})` };
}

export type StateChange = Partial<Omit<PipelineState, 'epoch' | 'number' | 'commits'>>;

const STATE_COLUMNS: Readonly<Record<keyof StateChange, string>> = {
  generation: 'generation',
  loading: 'loading',
  published: 'published',
  verifying: 'verifying',
  longKeys: 'long_keys',
  digestKey: 'digest_key',
};

export async function updateState(
  transaction: Transaction,
  number: number,
  change: StateChange,
): Promise<void> {
  const assignments = Object.entries(change).map(
    ([name, value]) => `${STATE_COLUMNS[name as keyof StateChange]} = ${String(value)}`,
  );
  await transaction.run(
    `UPDATE ${BOOKKEEPING}.pipelines SET ${assignments.join(', ')} WHERE number = ${integer(number)}`,
  );
}
