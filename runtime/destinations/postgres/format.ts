import { FORMAT, readFormat } from '../relational/format';
import { integer } from '../relational/sql';
import { BOOKKEEPING, bookkeepingExists, LOCKS, schemaExists } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { migrateFromFormat1 } from './format-1';
import { endingWriters } from './holder';
import { identifyRows } from './replica-identity';

const TABLES = [
  `format (format bigint NOT NULL)`,
  `pipelines (
     pipeline text PRIMARY KEY, number bigint NOT NULL UNIQUE, schema_name text NOT NULL, table_name text NOT NULL,
     key_schema text NOT NULL, deletes text NOT NULL, epoch bigint NOT NULL DEFAULT 0,
     generation bigint NOT NULL DEFAULT 0, loading boolean NOT NULL DEFAULT false,
     published boolean NOT NULL DEFAULT false, verifying boolean NOT NULL DEFAULT false,
     long_keys boolean NOT NULL DEFAULT false, digest_key boolean NOT NULL DEFAULT false,
     healing boolean NOT NULL DEFAULT false,
     UNIQUE (schema_name, table_name))`,
  // Each commit inserts its rows and deletes those that they replace, by their full key. Rows that are updated in
  // place become slow to find while a long transaction of somebody else keeps their earlier versions.
  `heads (
     number bigint, commit bigint, head text, rows bigint NOT NULL, dead_letters bigint NOT NULL,
     PRIMARY KEY (number, commit))`,
  `shards (
     number bigint, shard text COLLATE "C", commit bigint, state text NOT NULL, PRIMARY KEY (number, shard, commit))`,
  `columns (number bigint, position integer, definition text NOT NULL, PRIMARY KEY (number, position))`,
  `ledger (number bigint, stage text, file text COLLATE "C", items bigint NOT NULL, PRIMARY KEY (number, stage, file))`,
  `dead_letters (
     number bigint, stage text, digest bytea, key text NOT NULL, reason text NOT NULL, sequence_number text,
     item text NOT NULL, source_time timestamptz, PRIMARY KEY (number, stage, digest))`,
  `presences (
     id text PRIMARY KEY, host text NOT NULL, pid integer NOT NULL, tables text[] NOT NULL, seen timestamptz NOT NULL,
     backend text)`,
  `requests (
     id text PRIMARY KEY, presence text NOT NULL REFERENCES ${BOOKKEEPING}.presences ON DELETE CASCADE,
     body text NOT NULL, posted timestamptz NOT NULL)`,
  `answers (
     request text REFERENCES ${BOOKKEEPING}.requests ON DELETE CASCADE, line integer, text text NOT NULL,
     PRIMARY KEY (request, line))`,
];

/**
 * Creates the bookkeeping tables unless they exist. Returns their format.
 * @throws DestinationUnusable when a later version of the replicator has written them
 */
export async function createBookkeeping(transaction: Transaction): Promise<1 | typeof FORMAT> {
  if (!(await bookkeepingExists(transaction))) {
    await transaction.run(`SELECT pg_advisory_xact_lock(${LOCKS.bookkeeping}, 0)`);
    // Checked first: "IF NOT EXISTS" requires the privilege to create schemas even where the schema exists.
    if (!(await schemaExists(transaction, BOOKKEEPING)))
      await transaction.run(`CREATE SCHEMA ${BOOKKEEPING}`);
    await createTables(transaction);
    await transaction.run(
      `INSERT INTO ${BOOKKEEPING}.format SELECT ${FORMAT} WHERE NOT EXISTS (SELECT FROM ${BOOKKEEPING}.format)`,
    );
  }
  return readFormat(transaction, BOOKKEEPING);
}

/**
 * Migrates tables of an earlier format. Ends all earlier writers, as a lease does, since none of them can continue in
 * the new format.
 * @throws DestinationUnusable when the role may not
 */
export async function migrate(transaction: Transaction): Promise<void> {
  await transaction.run(`SELECT pg_advisory_xact_lock(${LOCKS.bookkeeping}, 0)`);
  // Another process may have just done it.
  if ((await readFormat(transaction, BOOKKEEPING)) === FORMAT) return;
  const pipelines = await transaction.rows(`SELECT number FROM ${BOOKKEEPING}.pipelines ORDER BY number`);
  for (const { number } of pipelines) await endingWriters(transaction, Number(number));
  await createTables(transaction);
  await migrateFromFormat1(transaction);
  await identifyRows(transaction, { schema: BOOKKEEPING, table: 'format' }, 'FULL');
  await transaction.run(`UPDATE ${BOOKKEEPING}.format SET format = ${integer(FORMAT)}`);
}

async function createTables(transaction: Transaction): Promise<void> {
  for (const table of TABLES) await transaction.run(`CREATE TABLE IF NOT EXISTS ${BOOKKEEPING}.${table}`);
}
