import type { Column } from '../../item/column';
import { clearLedger, updateState } from './bookkeeping';
import { deleteDeadLetters } from './dead-letters';
import type { PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/** Starts recording the keys that change (rule V1). The tables must not exist. */
export async function beginRecording<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
): Promise<void> {
  await tables.create(transaction, 'verify', columns);
  await tables.create(transaction, 'changed keys', columns);
  await updateState(transaction, tables.ownRows, { verifying: true });
}

/** Stops recording keys (rule V3). The caller drops the tables. */
export async function endRecording<Transaction extends SqlTransaction>(
  transaction: Transaction,
  { ownRows }: PipelineTables<Transaction>,
): Promise<void> {
  await deleteDeadLetters(transaction, ownRows, 'verify');
  await clearLedger(transaction, ownRows, 'verify');
  await updateState(transaction, ownRows, { verifying: false });
}
