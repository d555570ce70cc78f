import { own, qualified, quote } from '../sql';
import { CATALOG } from './database-file';
import type { Transaction } from './session';

/** Gives the tables of pipelines that are loading their names of format 2; 0.1.0 wrote format 1. */
export async function migrateFromFormat1(transaction: Transaction, bookkeeping: string): Promise<void> {
  const loading = await transaction.rows(
    `SELECT number, schema_name, table_name FROM ${bookkeeping}.pipelines WHERE loading ORDER BY number`,
  );
  for (const { number, schema_name: schema, table_name: table } of loading) {
    const shadow = { catalog: CATALOG, schema: String(schema), table: `__loading_${String(table)}` };
    await transaction.run(
      `ALTER TABLE ${qualified(shadow)} RENAME TO ${quote(own(`loading_${String(number)}`))}`,
    );
  }
}
