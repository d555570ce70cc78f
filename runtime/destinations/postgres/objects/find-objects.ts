import type { Column } from '../../../item/column';
import type { TableName } from '../../relational/sql';
import type { SqlRow } from '../../relational/transaction';
import type { Transaction } from '../connection/transaction';
import { EVENT_TRIGGERS, ROW_SECURITY, RULES, TRIGGERS } from './acting';
import { CHILDREN, PARENTS, UNLOGGED } from './altered';
import { COLUMNS, CONSTRAINTS, INDEXES } from './constraining';
import type { Query } from './query';
import type { TableObject } from './table-object';

/**
 * Finds what others added to a table of ours, or to the database, that may refuse rows. A table that does not exist
 * has no objects of its own.
 * @param columns the recorded columns of the table
 */
export async function findObjects(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
): Promise<readonly TableObject[]> {
  const rows = await transaction.rows(ALL, [table.schema, table.table]);
  return rows.flatMap(({ query, found }) => {
    const row = JSON.parse(String(found)) as SqlRow;
    return QUERIES[Number(query)]?.object(row, table, columns) ?? [];
  });
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

/** All queries in one statement, since each lease runs them: the position of the query, and the row as JSON. */
const ALL = QUERIES.map(
  ({ sql }, i) => `SELECT ${i} AS query, to_jsonb(__r_found) AS found FROM (${sql}) AS __r_found`,
).join(' UNION ALL ');
