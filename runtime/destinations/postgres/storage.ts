import type { TableName } from '../relational/sql';
import type { Transaction } from './connection/transaction';

/**
 * Where PostgreSQL stores a table's rows. To give a column a type that may change a value is to store all rows anew, so a
 * table that is where it was when its columns were looked at can be written.
 * Source: PostgreSQL manual, ALTER TABLE, "Notes", and "Database Object Size Functions", `pg_relation_filenode`.
 */
export interface Storage {
  readonly table: string;
  readonly file: string;
}

/** `undefined`: there is no such table. */
export async function storageOf(
  transaction: Transaction,
  { schema, table }: TableName,
): Promise<Storage | undefined> {
  const [row] = await transaction.rows(
    `SELECT c.oid, c.relfilenode FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, table],
  );
  return row && { table: String(row['oid']), file: String(row['relfilenode']) };
}

/** A condition that fails by an invalid cast where the table is stored elsewhere by now. @param table, file places of their values */
export function unmoved(table: string, file: string): string {
  return `(CASE WHEN pg_relation_filenode(${table}::oid) = ${file}::oid THEN 'true' ELSE 'stored anew' END)::boolean`;
}
