import type { TableName } from '../relational/sql';
import { isTrue } from '../relational/transaction';
import type { Transaction } from './connection/transaction';

/**
 * Where PostgreSQL stores the rows of a table. Changing a column to a type that may change its values rewrites all
 * rows into a new file. So a table whose file has not changed since its columns were checked is safe to write. A
 * trigger or a rule may drop rows, so those of a table that has any are counted.
 * Source: PostgreSQL manual, ALTER TABLE, "Notes", and "pg_class".
 */
export interface Storage {
  readonly table: string;
  readonly file: string;
  /** The table has triggers or rules, or had some since the last vacuum. */
  readonly acted: boolean;
}

const ACTED = '(relhastriggers OR relhasrules)';

/** `undefined`: the table does not exist. */
export async function storageOf(
  transaction: Transaction,
  { schema, table }: TableName,
): Promise<Storage | undefined> {
  const [row] = await transaction.rows(
    `SELECT c.oid, c.relfilenode, ${ACTED} AS acted FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, table],
  );
  return row && { table: String(row['oid']), file: String(row['relfilenode']), acted: isTrue(row['acted']) };
}

/**
 * A condition that fails by an invalid cast when the storage of the table has changed.
 * @param table, file, acted placeholders of their values
 */
export function unmoved(table: string, file: string, acted: string): string {
  return `(CASE WHEN EXISTS (SELECT FROM pg_class WHERE oid = ${table}::oid AND relfilenode = ${file}::oid
    AND ${ACTED} = ${acted}::boolean) THEN 'true' ELSE 'changed' END)::boolean`;
}
