import type { Column } from '../../../item/column';
import type { TableName } from '../../relational/sql';
import { CATALOG } from '../database-file';
import type { Transaction } from '../session';
import { constraintObject } from './constraints';
import { drops } from './drops';
import { generatedColumn, isGenerated } from './generated-columns';
import { indexObject } from './indexes';
import type { TableObject } from './table-object';

/**
 * Finds what others added to a table of ours that may refuse rows, or a change of a column's type. A table that does
 * not exist has none.
 * @param columns the recorded columns of the table
 */
export async function findObjects(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
): Promise<readonly TableObject[]> {
  const [indexes, constraints, present] = [
    await transaction.rows(INDEXES, [table.schema, table.table]),
    await transaction.rows(CONSTRAINTS, [table.schema, table.table]),
    await transaction.rows(COLUMNS, [table.schema, table.table]),
  ];
  const found = { table, columns, present, drops: drops(table, indexes, constraints) };
  return [
    ...indexes.map((row) => indexObject(row, found)),
    ...constraints.flatMap((row) => constraintObject(row, found)),
    ...present.filter(isGenerated).map((row) => generatedColumn(row, found)),
  ];
}

const OF_TABLE = `database_name = '${CATALOG}' AND lower(schema_name) = lower($1)`;

const INDEXES = `SELECT schema_name AS schema, index_name AS name, is_unique, expressions, sql FROM duckdb_indexes()
  WHERE ${OF_TABLE} AND lower(table_name) = lower($2) ORDER BY 2`;

/** A foreign key refers to a table of its own schema. */
const CONSTRAINTS = `SELECT schema_name AS schema, table_name AS on_table, constraint_type AS type, constraint_text AS definition,
    constraint_column_names[1] AS first_column, array_to_string(constraint_column_names, chr(0)) AS columns,
    lower(table_name) = lower($2) AS is_own
  FROM duckdb_constraints()
  WHERE ${OF_TABLE} AND (lower(table_name) = lower($2) OR (constraint_type = 'FOREIGN KEY' AND lower(referenced_table) = lower($2)))
  ORDER BY is_own DESC, constraint_index`;

const COLUMNS = `SELECT column_name AS name, column_default AS expression, data_type AS type, sql
  FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, table_oid)
  WHERE c.database_name = '${CATALOG}' AND lower(c.schema_name) = lower($1) AND lower(c.table_name) = lower($2) ORDER BY column_index`;
