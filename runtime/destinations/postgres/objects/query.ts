import type { Column } from '../../../item/column';
import type { TableName } from '../../relational/sql';
import type { SqlRow } from '../../relational/transaction';
import type { TableObject } from './table-object';

/** Finds objects of one kind. */
export interface Query {
  /**
   * Its parameters are the schema and name of the table, which it need not use. Its columns become the row, as JSON
   * values.
   */
  readonly sql: string;
  object(row: SqlRow, table: TableName, columns: readonly Column[]): TableObject | undefined;
}

/** The oid of the table. Resolving its name would need a privilege on the schema. */
export const TABLE = `(SELECT __r_table.oid FROM pg_class __r_table JOIN pg_namespace __r_schema ON __r_schema.oid = __r_table.relnamespace
  WHERE __r_schema.nspname = $1 AND __r_table.relname = $2)`;
