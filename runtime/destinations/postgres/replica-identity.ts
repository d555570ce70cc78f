import { qualified, type TableName } from '../relational/sql';
import type { Transaction } from './connection/transaction';

/**
 * Sets how subscribers of a publication identify the rows of a table: by its primary key, or by all columns. If a
 * publication is FOR ALL TABLES, PostgreSQL refuses updates and deletes in a table that has neither.
 */
export async function identifyRows(
  transaction: Transaction,
  table: TableName,
  by: 'DEFAULT' | 'FULL',
): Promise<void> {
  await transaction.run(`ALTER TABLE ${qualified(table)} REPLICA IDENTITY ${by}`);
}
