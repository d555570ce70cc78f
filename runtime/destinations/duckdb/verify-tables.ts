import type { Column } from '../../item/column';
import { clearLedger, updateState } from './bookkeeping';
import { deleteLetters } from './dead-letters';
import type { Transaction } from './session';
import type { PipelineTables } from './tables';

/** From now on the keys that change are recorded (rule V1). */
export async function beginVerify(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
): Promise<void> {
  await endVerify(transaction, tables);
  await tables.create(transaction, 'verify', columns);
  await tables.create(transaction, 'changed keys', columns);
  await updateState(transaction, tables.target.pipeline, { verifying: 'true' });
}

/** Nothing is recorded any more, and nothing is left of what was (rule V3). */
export async function endVerify(transaction: Transaction, tables: PipelineTables): Promise<void> {
  const { pipeline } = tables.target;
  await tables.drop(transaction, 'verify');
  await tables.drop(transaction, 'changed keys');
  await deleteLetters(transaction, pipeline, 'verify');
  await clearLedger(transaction, pipeline, 'verify');
  await updateState(transaction, pipeline, { verifying: 'false' });
}
