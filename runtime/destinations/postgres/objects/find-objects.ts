import type { Column } from '../../../item/column';
import type { TableName } from '../../relational/sql';
import type { Transaction } from '../connection/transaction';
import { EVENT_TRIGGERS, ROW_SECURITY, RULES, TRIGGERS } from './acting';
import { CHILDREN, PARENTS, UNLOGGED } from './altered';
import { COLUMNS, CONSTRAINTS, INDEXES } from './constraining';
import type { Query } from './query';
import type { TableObject } from './table-object';

/**
 * What others have added to a table of ours that may keep rows out of it, or to the database. A table that does not exist has
 * nothing of its own.
 * @param columns that are recorded of it
 */
export async function findObjects(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
): Promise<readonly TableObject[]> {
  const found: TableObject[] = [];
  for (const { sql, object } of QUERIES)
    for (const row of await transaction.rows(sql, [table.schema, table.table])) {
      const each = object(row, table, columns);
      if (each !== undefined) found.push(each);
    }
  return found;
}

const QUERIES: readonly Query[] = [
  ROW_SECURITY,
  RULES,
  CHILDREN,
  PARENTS,
  UNLOGGED,
  INDEXES,
  CONSTRAINTS,
  COLUMNS,
  TRIGGERS,
  EVENT_TRIGGERS,
];
