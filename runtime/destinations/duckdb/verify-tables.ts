import type { Column } from '../../item/column';
import { beginRecording, endRecording } from '../relational/verify-tables';
import type { Transaction } from './session';
import type { DuckDBTables } from './tables';

/** Starts recording the keys that change (rule V1). */
export async function beginVerify(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
): Promise<void> {
  await endVerify(transaction, tables);
  await beginRecording(transaction, tables, columns);
}

/** Stops the recording and drops its tables (rule V3). */
export async function endVerify(transaction: Transaction, tables: DuckDBTables): Promise<void> {
  await tables.drop(transaction, 'verify');
  await tables.drop(transaction, 'changed keys');
  await endRecording(transaction, tables);
}
