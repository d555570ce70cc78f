import { own, qualified, quote } from '../sql';
import type { Transaction } from './connection/transaction';

/** Gives tables and indexes that stand in schemas of users their names of format 2; 0.1.0 wrote format 1. */
export async function migrateFromFormat1(transaction: Transaction, bookkeeping: string): Promise<void> {
  const pipelines = await transaction.rows(
    `SELECT number, schema_name, loading FROM ${bookkeeping}.pipelines ORDER BY number`,
  );
  for (const { number, schema_name, loading } of pipelines) {
    const schema = String(schema_name);
    const named = (table: string) => qualified({ schema, table: `__${table}` });
    const shadow = `loading_${number}`;
    if (loading === 't')
      await transaction.run(`ALTER TABLE ${named(shadow)} RENAME TO ${quote(own(shadow))}`);
    for (const index of [`key_${number}`, `key_digest_${number}`]) {
      await transaction.run(`ALTER INDEX IF EXISTS ${named(index)} RENAME TO ${quote(own(index))}`);
    }
  }
}
