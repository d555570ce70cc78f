import { DestinationUnavailable } from '../errors';
import { readColumns } from '../relational/bookkeeping';
import { beginRecording, endRecording } from '../relational/verify-tables';
import type { Transaction } from './connection/transaction';
import { dropUnlessHeld } from './locks';
import type { PostgresTables } from './tables';

/** Starts recording the keys that change (rule V1). */
export async function beginVerify(transaction: Transaction, tables: PostgresTables): Promise<void> {
  if (!(await endVerify(transaction, tables))) {
    throw new DestinationUnavailable(
      `The tables of an earlier verify of table ${tables.target.table} cannot be dropped yet: another session holds them, ` +
        `perhaps a backup. Retrying; to see which: SELECT * FROM pg_locks WHERE relation = '${tables.sql('verify')}'::regclass;`,
    );
  }
  await beginRecording(transaction, tables, await readColumns(transaction, tables.ownRows));
}

/**
 * Stops the recording and drops its tables (rule V3). Tables that another session holds stay until the next lease or
 * verify. Returns whether all are gone.
 */
export async function endVerify(transaction: Transaction, tables: PostgresTables): Promise<boolean> {
  await endRecording(transaction, tables);
  const gone = await dropUnlessHeld(transaction, tables.name('verify'));
  return (await dropUnlessHeld(transaction, tables.name('changed keys'))) && gone;
}
