import type { Column } from '../../../item/column';
import type { TableName } from '../../relational/sql';
import type { DefinedColumn } from '../../relational/table-shape';
import { CATALOG } from '../database-file';
import type { Transaction } from '../session';
import { constraintObject } from './constraints';
import { type CatalogEntries, drops } from './drops';
import { isGenerated } from './generated';
import { generatedColumn } from './generated-columns';
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
  const entries = await readCatalog(transaction, table);
  const { indexes, constraints, present } = entries;
  const found = { table, columns, present, drops: drops(table, entries) };
  return [
    ...indexes.map((row) => indexObject(row, found)),
    ...constraints.flatMap((row) => constraintObject(row, found)),
    ...present.filter(isGenerated).map((row) => generatedColumn(row, found)),
  ];
}

/** The statements that give a column another type, after those that remove what prevents it. */
export async function retypeStatements(
  transaction: Transaction,
  table: TableName,
  column: DefinedColumn,
): Promise<string> {
  return drops(table, await readCatalog(transaction, table)).retype(column);
}

async function readCatalog(transaction: Transaction, { schema, table }: TableName): Promise<CatalogEntries> {
  return {
    indexes: await transaction.rows(INDEXES, [schema, table]),
    constraints: await transaction.rows(CONSTRAINTS, [schema, table]),
    present: await transaction.rows(COLUMNS, [schema, table]),
  };
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
