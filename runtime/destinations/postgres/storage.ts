import type { TableName } from '../relational/sql';
import type { Transaction } from './connection/transaction';

/**
 * Where PostgreSQL stores the rows of a table. Changing a column to a type that may change its values rewrites all
 * rows into a new file. So a table whose file has not changed since its columns were checked is safe to write.
 * Source: PostgreSQL manual, ALTER TABLE, "Notes", and "Database Object Size Functions", `pg_relation_filenode`.
 */
export interface Storage {
  readonly table: string;
  readonly file: string;
}

/** `undefined`: the table does not exist. */
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

/**
 * A condition that fails by an invalid cast when the storage of the table has changed.
 * @param table, file placeholders of their values
 */
export function unmoved(table: string, file: string): string {
  return `(CASE WHEN pg_relation_filenode(${table}::oid) = ${file}::oid THEN 'true' ELSE 'rewritten' END)::boolean`;
}
