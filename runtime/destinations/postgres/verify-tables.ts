import type { Transaction } from './connection/transaction';
import { updateState } from './bookkeeping';
import { DestinationUnavailable } from '../errors';
import { dropUnlessHeld } from './exclusive-lock';
import { deleteLetters } from './dead-letters';
import { clearLedger, readColumns } from './recorded';
import type { PipelineTables } from './tables';

/** From now on the keys that change are recorded (rule V1). */
export async function beginVerify(transaction: Transaction, tables: PipelineTables): Promise<void> {
  if (!(await endVerify(transaction, tables))) {
    throw new DestinationUnavailable(
      `What an earlier verify of table ${tables.target.table} has left cannot be dropped yet, as another session holds it: a ` +
        `backup, perhaps. It is tried again; see who it is: SELECT * FROM pg_locks WHERE relation = '${tables.sql('verify')}'::regclass;`,
    );
  }
  const columns = await readColumns(transaction, tables.number);
  await tables.create(transaction, 'verify', columns);
  await tables.create(transaction, 'changed keys', columns);
  await updateState(transaction, tables.number, { verifying: true });
}

/**
 * Nothing is recorded any more, and nothing is left of what was (rule V3): but for tables that somebody holds, which the next
 * lease or verify drops. Tells whether they are gone.
 */
export async function endVerify(transaction: Transaction, tables: PipelineTables): Promise<boolean> {
  await deleteLetters(transaction, tables.number, 'verify');
  await clearLedger(transaction, tables.number, 'verify');
  await updateState(transaction, tables.number, { verifying: false });
  const gone = await dropUnlessHeld(transaction, tables.name('verify'));
  return (await dropUnlessHeld(transaction, tables.name('changed keys'))) && gone;
}
