import { qualified, type TableName } from '../relational/sql';
import type { Transaction } from './connection/transaction';

/**
 * Sets by what a subscriber of somebody's publication knows a table's rows: its primary key, or all columns. Where a publication
 * is FOR ALL TABLES, PostgreSQL refuses to update and delete rows of a table that has neither.
 */
export async function identifyRows(
  transaction: Transaction,
  table: TableName,
  by: 'DEFAULT' | 'FULL',
): Promise<void> {
  await transaction.run(`ALTER TABLE ${qualified(table)} REPLICA IDENTITY ${by}`);
}
