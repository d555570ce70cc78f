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
 * What others have added to a table of ours that may keep rows out of it, or to the database. A table that does not exist has
 * nothing of its own.
 * @param columns that are recorded of it
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

/** All of them in one statement, as each lease asks for them: whose row it is, and the row as JSON. */
const ALL = QUERIES.map(
  ({ sql }, i) => `SELECT ${i} AS query, to_jsonb(__r_found) AS found FROM (${sql}) AS __r_found`,
).join(' UNION ALL ');
