import { DestinationUnusable, LeaseLost } from '../errors';
import { integer } from '../sql';
import { OWN_SCHEMA } from '../target';
import { migrateFromFormat1 } from './migration';
import type { SqlRow } from './connection/connection';
import type { Statement } from './connection/round-trip';
import type { Transaction } from './connection/transaction';

/** The schema of all tables of our own; each line of them belongs to one pipeline. */
export const BOOKKEEPING = OWN_SCHEMA;

/** Grows when these tables change their form. Each earlier one is migrated (migration.ts). */
const FORMAT = 2;

const TABLES = [
  `format (format bigint NOT NULL)`,
  `pipelines (
     pipeline text PRIMARY KEY, number bigint NOT NULL UNIQUE, schema_name text NOT NULL, table_name text NOT NULL,
     key_schema text NOT NULL, deletes text NOT NULL, epoch bigint NOT NULL DEFAULT 0, commits bigint NOT NULL DEFAULT 0,
     generation bigint NOT NULL DEFAULT 0, loading boolean NOT NULL DEFAULT false,
     published boolean NOT NULL DEFAULT false, verifying boolean NOT NULL DEFAULT false,
     long_keys boolean NOT NULL DEFAULT false, digest_key boolean NOT NULL DEFAULT false, head text,
     UNIQUE (schema_name, table_name))`,
  `shards (number bigint, shard text COLLATE "C", state text NOT NULL, PRIMARY KEY (number, shard))`,
  `columns (number bigint, position integer, definition text NOT NULL, PRIMARY KEY (number, position))`,
  `ledger (number bigint, stage text, file text COLLATE "C", items bigint NOT NULL, PRIMARY KEY (number, stage, file))`,
  `dead_letters (
     number bigint, stage text, digest bytea, key text NOT NULL, reason text NOT NULL, sequence_number text,
     item text NOT NULL, PRIMARY KEY (number, stage, digest))`,
  `presences (
     id text PRIMARY KEY, host text NOT NULL, pid integer NOT NULL, tables text[] NOT NULL, seen timestamptz NOT NULL,
     backend text)`,
  `requests (
     id text PRIMARY KEY, presence text NOT NULL REFERENCES ${BOOKKEEPING}.presences ON DELETE CASCADE,
     body text NOT NULL, posted timestamptz NOT NULL, collected boolean NOT NULL DEFAULT false)`,
  `answers (
     request text REFERENCES ${BOOKKEEPING}.requests ON DELETE CASCADE, line integer, text text NOT NULL,
     PRIMARY KEY (request, line))`,
];

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

const STATE = `epoch, commits, number, generation, loading, published, verifying, long_keys, digest_key`;

/** @throws DestinationUnusable when a later version of the replicator has written here */
export async function createBookkeeping(transaction: Transaction): Promise<void> {
  if (!(await bookkeepingExists(transaction))) {
    await transaction.run(`SELECT pg_advisory_xact_lock(${LOCKS.bookkeeping}, 0)`);
    // Asked for first: making it "if not exists" takes the right to make schemas even where it does.
    if (!(await schemaExists(transaction, BOOKKEEPING)))
      await transaction.run(`CREATE SCHEMA ${BOOKKEEPING}`);
    for (const table of TABLES) {
      await transaction.run(`CREATE TABLE IF NOT EXISTS ${BOOKKEEPING}.${table}`);
    }
    await transaction.run(
      `INSERT INTO ${BOOKKEEPING}.format SELECT ${FORMAT} WHERE NOT EXISTS (SELECT FROM ${BOOKKEEPING}.format)`,
    );
  }
  let format = await readFormat(transaction);
  if (format === FORMAT) return;
  await transaction.run(`SELECT pg_advisory_xact_lock(${LOCKS.bookkeeping}, 0)`);
  // Another process may just have done it.
  format = await readFormat(transaction);
  if (format === FORMAT) return;
  if (format === 1) {
    await migrateFromFormat1(transaction, BOOKKEEPING);
    await transaction.run(`UPDATE ${BOOKKEEPING}.format SET format = ${integer(FORMAT)}`);
    return;
  }
  throw new DestinationUnusable(
    `The replicator's tables in schema ${BOOKKEEPING} are of format ${format}, and this version knows ${FORMAT}: ` +
      `use the newer version of the replicator.`,
  );
}

async function readFormat(transaction: Transaction): Promise<number> {
  const [row] = await transaction.rows(`SELECT format FROM ${BOOKKEEPING}.format`);
  return Number(row?.['format']);
}

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
  lock: '' | 'FOR SHARE' | 'FOR UPDATE' = '',
): Promise<PipelineState | undefined> {
  const [row] = await transaction.rows(
    `SELECT ${STATE} FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1 ${lock}`,
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
  lock: 'FOR SHARE' | 'FOR UPDATE',
): Promise<PipelineState> {
  const state = await readState(transaction, pipeline, lock);
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
