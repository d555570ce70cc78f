import type { Transaction } from './connection/transaction';
import { updateState } from './bookkeeping';
import { deleteLetters } from './dead-letters';
import { clearLedger, readColumns } from './recorded';
import type { PipelineTables } from './tables';

/** From now on the keys that change are recorded (rule V1). */
export async function beginVerify(transaction: Transaction, tables: PipelineTables): Promise<void> {
  await endVerify(transaction, tables);
  const columns = await readColumns(transaction, tables.number);
  await tables.create(transaction, 'verify', columns);
  await tables.create(transaction, 'changed keys', columns);
  await updateState(transaction, tables.number, { verifying: true });
}

/** Nothing is recorded any more, and nothing is left of what was (rule V3). */
export async function endVerify(transaction: Transaction, tables: PipelineTables): Promise<void> {
  await tables.drop(transaction, 'verify');
  await tables.drop(transaction, 'changed keys');
  await deleteLetters(transaction, tables.number, 'verify');
  await clearLedger(transaction, tables.number, 'verify');
  await updateState(transaction, tables.number, { verifying: false });
}
