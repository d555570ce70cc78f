import { FORMAT, readFormat } from '../relational/format';
import { integer } from '../relational/sql';
import { BOOKKEEPING } from './bookkeeping';
import { HEADS, migrateFromFormat1 } from './format-1';
import type { Transaction } from './session';

const TABLES = [
  'pipelines(pipeline VARCHAR, number BIGINT, schema_name VARCHAR, table_name VARCHAR, key_schema VARCHAR, ' +
    'deletes VARCHAR, epoch BIGINT, generation BIGINT, loading BOOLEAN, published BOOLEAN, verifying BOOLEAN, healing BOOLEAN)',
  HEADS,
  'shards(pipeline VARCHAR, shard VARCHAR, state VARCHAR)',
  'columns(pipeline VARCHAR, position BIGINT, name VARCHAR, definition VARCHAR)',
  'ledger(pipeline VARCHAR, stage VARCHAR, file VARCHAR, items BIGINT)',
  'dead_letters(pipeline VARCHAR, stage VARCHAR, key VARCHAR, reason VARCHAR, sequence_number VARCHAR, item VARCHAR, ' +
    'source_time TIMESTAMP)',
];

/** @throws DestinationUnusable when a later version of the replicator has written here */
export async function createBookkeeping(transaction: Transaction): Promise<void> {
  await transaction.run(`CREATE SCHEMA IF NOT EXISTS ${BOOKKEEPING}`);
  for (const table of TABLES) await transaction.run(`CREATE TABLE IF NOT EXISTS ${BOOKKEEPING}.${table}`);
  await transaction.run(
    `CREATE TABLE IF NOT EXISTS ${BOOKKEEPING}.format AS SELECT ${FORMAT}::BIGINT AS format`,
  );
  if ((await readFormat(transaction, BOOKKEEPING)) === FORMAT) return;
  await migrateFromFormat1(transaction);
  await transaction.run(`DELETE FROM ${BOOKKEEPING}.format`);
  await transaction.run(`INSERT INTO ${BOOKKEEPING}.format VALUES (${integer(FORMAT)})`);
}
