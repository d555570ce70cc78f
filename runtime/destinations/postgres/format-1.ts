import type { PipelineRecord } from '../destination';
import { DestinationUnusable } from '../errors';
import { readColumns, readPipeline, readShards } from '../relational/bookkeeping';
import { countsInFormat1 } from '../relational/format';
import { integer, own, qualified, quote } from '../relational/sql';
import { isTrue } from '../relational/transaction';
import { BOOKKEEPING, ownRows } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { PostgresTables } from './tables';

/**
 * Migrates the tables of 0.1.0, which wrote format 1, to format 2. `pipelines` keeps the old columns `head` and
 * `commits`: so a process of 0.1.0 that still runs finds that it has lost its lease, and the next one that starts
 * there reports the newer format. If somebody dropped a table, its own pipeline reports it later.
 * @throws DestinationUnusable when another role owns the tables
 */
export async function migrateFromFormat1(transaction: Transaction): Promise<void> {
  await requireOwner(transaction);
  await transaction.run(
    `ALTER TABLE ${BOOKKEEPING}.pipelines ADD COLUMN healing boolean NOT NULL DEFAULT false`,
  );
  await transaction.run(`ALTER TABLE ${BOOKKEEPING}.dead_letters ADD COLUMN source_time timestamptz`);
  await transaction.run(`UPDATE ${BOOKKEEPING}.pipelines SET epoch = epoch + 1`);
  await transaction.run(
    `ALTER TABLE ${BOOKKEEPING}.shards ADD COLUMN commit bigint NOT NULL DEFAULT 0, DROP CONSTRAINT shards_pkey,
       ADD PRIMARY KEY (number, shard, commit)`,
  );
  const pipelines = await transaction.rows(`SELECT * FROM ${BOOKKEEPING}.pipelines ORDER BY number`);
  for (const row of pipelines) {
    const number = Number(row['number']);
    const schema = String(row['schema_name']);
    const named = (name: string) => qualified({ schema, table: `__${name}` });
    const shadow = `loading_${number}`;
    if (isTrue(row['loading']))
      await transaction.run(`ALTER TABLE IF EXISTS ${named(shadow)} RENAME TO ${quote(own(shadow))}`);
    for (const index of [`key_${number}`, `key_digest_${number}`]) {
      await transaction.run(`ALTER INDEX IF EXISTS ${named(index)} RENAME TO ${quote(own(index))}`);
    }
    const { rows, deadLetters } = await countsInFormat1(transaction, row, PostgresTables);
    await transaction.run(
      `INSERT INTO ${BOOKKEEPING}.heads SELECT number, commits, head, ${integer(rows)}, ${integer(deadLetters)}
         FROM ${BOOKKEEPING}.pipelines WHERE number = ${integer(number)}`,
    );
  }
}

/** Only the owner can alter a table and its indexes. */
async function requireOwner(transaction: Transaction): Promise<void> {
  const rows = await transaction.rows(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND NOT pg_has_role(c.relowner, 'USAGE') AND (n.nspname = '${BOOKKEEPING}' OR EXISTS
         (SELECT FROM ${BOOKKEEPING}.pipelines p WHERE p.schema_name = n.nspname AND
           c.relname IN (p.table_name, '__loading_' || p.number))) ORDER BY 1`,
  );
  if (rows.length === 0) return;
  const role = quote(transaction.facts.user);
  const statements = rows.map(({ name }) => `ALTER TABLE ${name} OWNER TO ${role};`);
  throw new DestinationUnusable(
    `The tables of version 0.1.0 have to be migrated to a new format. Only their owner can do that, and role ${role} does not ` +
      `own them. Nothing was changed. As a role that may, run: ${statements.join(' ')} then start the replicator again.`,
  );
}

/** The number of a pipeline that 0.1.0 has registered. */
export async function numberInFormat1(
  transaction: Transaction,
  pipeline: string,
): Promise<number | undefined> {
  const row = await readPipeline(transaction, BOOKKEEPING, pipeline, 'number');
  return row && Number(row['number']);
}

/** What `inspect` returns before the first lease of this version. */
export async function inspectFormat1(
  transaction: Transaction,
  pipeline: string,
): Promise<PipelineRecord | undefined> {
  const row = await readPipeline(transaction, BOOKKEEPING, pipeline, '*');
  if (row === undefined) return undefined;
  const number = Number(row['number']);
  const head = row['head'];
  const counts = await countsInFormat1(transaction, row, PostgresTables);
  return {
    epoch: Number(row['epoch']),
    generation: Number(row['generation']),
    checkpoint:
      typeof head === 'string' ? { head, shards: await readShards(transaction, ownRows(number)) } : undefined,
    columns: await readColumns(transaction, ownRows(number)),
    ...counts,
    storedDeadLetters: counts.deadLetters,
    problem: undefined,
    slowedBy: undefined,
  };
}
