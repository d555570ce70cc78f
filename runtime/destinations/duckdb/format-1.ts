import { liveRows } from '../relational/statements';
import { own, qualified, quote } from '../relational/sql';
import { BOOKKEEPING, type Counts, readCheckpoint, tableExists } from './bookkeeping';
import { CATALOG } from './database-file';
import { countLetters } from './dead-letters';
import type { SqlRow, Transaction } from './session';

export const HEADS = 'heads(pipeline VARCHAR, head VARCHAR, rows BIGINT, dead_letters BIGINT)';

/** Format 1 keeps no counts; a table that is gone has no rows. @param line the pipeline's */
export async function countsInFormat1(transaction: Transaction, line: SqlRow): Promise<Counts> {
  const [schema, table] = [String(line['schema_name']), String(line['table_name'])];
  const visible = qualified({ catalog: CATALOG, schema, table });
  const [counted] =
    line['published'] === true && (await tableExists(transaction, schema, table))
      ? await transaction.rows(liveRows(visible, line['deletes'] === 'soft'))
      : [];
  return {
    rows: Number(counted?.['__r_live'] ?? 0),
    deadLetters: await countLetters(transaction, String(line['pipeline']), 'visible'),
  };
}

/**
 * Gives the tables of 0.1.0, which wrote format 1, their form of format 2. A table that somebody has dropped is for its own
 * pipeline to miss.
 */
export async function migrateFromFormat1(transaction: Transaction): Promise<void> {
  const pipelines = await transaction.rows(`SELECT * FROM ${BOOKKEEPING}.pipelines ORDER BY number`);
  const heads = new Map<string, string>();
  for (const { pipeline } of pipelines) {
    const checkpoint = await readCheckpoint(transaction, String(pipeline));
    if (checkpoint !== undefined) heads.set(String(pipeline), checkpoint.head);
  }
  await transaction.run(`DROP TABLE ${BOOKKEEPING}.heads`);
  await transaction.run(`CREATE TABLE ${BOOKKEEPING}.${HEADS}`);
  for (const line of pipelines) {
    const pipeline = String(line['pipeline']);
    const [schema, table] = [String(line['schema_name']), String(line['table_name'])];
    if (line['loading'] === true) {
      const shadow = qualified({ catalog: CATALOG, schema, table: `__loading_${table}` });
      await transaction.run(
        `ALTER TABLE IF EXISTS ${shadow} RENAME TO ${quote(own(`loading_${String(line['number'])}`))}`,
      );
    }
    const head = heads.get(pipeline);
    if (head === undefined) continue;
    const { rows, deadLetters } = await countsInFormat1(transaction, line);
    await transaction.run(`INSERT INTO ${BOOKKEEPING}.heads VALUES ($1, $2, $3, $4)`, [
      pipeline,
      head,
      BigInt(rows),
      BigInt(deadLetters),
    ]);
  }
}
