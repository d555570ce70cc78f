import { countsInFormat1 } from '../relational/format';
import { own, qualified, quote } from '../relational/sql';
import { isTrue } from '../relational/transaction';
import { BOOKKEEPING } from './bookkeeping';
import { CATALOG } from './database-file';
import { readCheckpoint } from './head';
import type { Transaction } from './session';
import { DuckDBTables } from './tables';

export const HEADS = 'heads(pipeline VARCHAR, head VARCHAR, rows BIGINT, dead_letters BIGINT)';

/**
 * Migrates the tables of 0.1.0, which wrote format 1, to format 2. If somebody dropped a table, its own pipeline
 * reports it later.
 */
export async function migrateFromFormat1(transaction: Transaction): Promise<void> {
  const pipelines = await transaction.rows(`SELECT * FROM ${BOOKKEEPING}.pipelines ORDER BY number`);
  const heads = new Map<string, string>();
  for (const { pipeline } of pipelines) {
    const checkpoint = await readCheckpoint(transaction, String(pipeline));
    if (checkpoint !== undefined) heads.set(String(pipeline), checkpoint.head);
  }
  await transaction.run(`ALTER TABLE ${BOOKKEEPING}.pipelines ADD COLUMN healing BOOLEAN`);
  await transaction.run(`ALTER TABLE ${BOOKKEEPING}.dead_letters ADD COLUMN source_time TIMESTAMP`);
  await transaction.run(`DROP TABLE ${BOOKKEEPING}.heads`);
  await transaction.run(`CREATE TABLE ${BOOKKEEPING}.${HEADS}`);
  for (const row of pipelines) {
    const pipeline = String(row['pipeline']);
    const [schema, table] = [String(row['schema_name']), String(row['table_name'])];
    if (isTrue(row['loading'])) {
      const shadow = qualified({ catalog: CATALOG, schema, table: `__loading_${table}` });
      await transaction.run(
        `ALTER TABLE IF EXISTS ${shadow} RENAME TO ${quote(own(`loading_${String(row['number'])}`))}`,
      );
    }
    const head = heads.get(pipeline);
    if (head === undefined) continue;
    const { rows, deadLetters } = await countsInFormat1(transaction, row, DuckDBTables);
    await transaction.run(`INSERT INTO ${BOOKKEEPING}.heads VALUES ($1, $2, $3, $4)`, [
      pipeline,
      head,
      BigInt(rows),
      BigInt(deadLetters),
    ]);
  }
}
