import { liveRows } from '../publish-statements';
import { integer, own, qualified, quote } from '../sql';
import type { PipelineRecord } from '../destination';
import type { SqlRow } from './connection/connection';
import { countLetters } from './dead-letters';
import { readShards } from './head';
import { BOOKKEEPING, tableExists } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { readColumns } from './recorded';

/**
 * Gives the tables of 0.1.0, which wrote format 1, their form of format 2. Where they were, `pipelines` keeps its columns
 * `head` and `commits`: a process of 0.1.0 that is still running is so told that it has lost its lease, and told by the
 * next one that it takes which format this is. A table that somebody has dropped is for its own pipeline to miss.
 */
export async function migrateFromFormat1(transaction: Transaction): Promise<void> {
  await transaction.run(`UPDATE ${BOOKKEEPING}.pipelines SET epoch = epoch + 1`);
  await transaction.run(
    `ALTER TABLE ${BOOKKEEPING}.shards ADD COLUMN commit bigint NOT NULL DEFAULT 0, DROP CONSTRAINT shards_pkey,
       ADD PRIMARY KEY (number, shard, commit)`,
  );
  const pipelines = await transaction.rows(`SELECT * FROM ${BOOKKEEPING}.pipelines ORDER BY number`);
  for (const line of pipelines) {
    const number = Number(line['number']);
    const schema = String(line['schema_name']);
    const named = (name: string) => qualified({ schema, table: `__${name}` });
    const shadow = `loading_${number}`;
    if (line['loading'] === 't')
      await transaction.run(`ALTER TABLE IF EXISTS ${named(shadow)} RENAME TO ${quote(own(shadow))}`);
    for (const index of [`key_${number}`, `key_digest_${number}`]) {
      await transaction.run(`ALTER INDEX IF EXISTS ${named(index)} RENAME TO ${quote(own(index))}`);
    }
    const { rows, deadLetters } = await countsInFormat1(transaction, line);
    await transaction.run(
      `INSERT INTO ${BOOKKEEPING}.heads SELECT number, commits, head, ${integer(rows)}, ${integer(deadLetters)}
         FROM ${BOOKKEEPING}.pipelines WHERE number = ${integer(number)}`,
    );
  }
}

/** What `inspect` finds before the first lease of this version. */
export async function inspectFormat1(
  transaction: Transaction,
  pipeline: string,
): Promise<PipelineRecord | undefined> {
  const [line] = await transaction.rows(`SELECT * FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1`, [
    pipeline,
  ]);
  if (line === undefined) return undefined;
  const number = Number(line['number']);
  const head = line['head'];
  return {
    epoch: Number(line['epoch']),
    checkpoint:
      typeof head === 'string' ? { head, shards: await readShards(transaction, number) } : undefined,
    columns: await readColumns(transaction, number),
    ...(await countsInFormat1(transaction, line)),
    slowedBy: undefined,
  };
}

/** Format 1 keeps no counts; a table that is gone has no rows. @param line the pipeline's */
async function countsInFormat1(
  transaction: Transaction,
  line: SqlRow,
): Promise<Pick<PipelineRecord, 'rows' | 'deadLetters'>> {
  const [schema, table] = [String(line['schema_name']), String(line['table_name'])];
  const visible = qualified({ schema, table });
  const [counted] =
    line['published'] === 't' && (await tableExists(transaction, schema, table))
      ? await transaction.rows(liveRows(visible, line['deletes'] === 'soft'))
      : [];
  return {
    rows: Number(counted?.['__r_live'] ?? 0),
    deadLetters: await countLetters(transaction, Number(line['number']), 'visible'),
  };
}
