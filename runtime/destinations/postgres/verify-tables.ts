import { DestinationUnavailable } from '../errors';
import { readColumns } from '../relational/bookkeeping';
import { beginRecording, endRecording } from '../relational/verify-tables';
import type { Transaction } from './connection/transaction';
import { dropUnlessHeld } from './locks';
import type { PostgresTables } from './tables';

/** From now on the keys that change are recorded (rule V1). */
export async function beginVerify(transaction: Transaction, tables: PostgresTables): Promise<void> {
  if (!(await endVerify(transaction, tables))) {
    throw new DestinationUnavailable(
      `Tables that an earlier verify of table ${tables.target.table} left cannot be dropped yet: another session holds them, ` +
        `perhaps a backup. It is tried again; to see which: SELECT * FROM pg_locks WHERE relation = '${tables.sql('verify')}'::regclass;`,
    );
  }
  await beginRecording(transaction, tables, await readColumns(transaction, tables.ownRows));
}

/**
 * Nothing is recorded any more, and nothing is left of what was (rule V3): but for tables that somebody holds, which the next
 * lease or verify drops. Returns whether they are gone.
 */
export async function endVerify(transaction: Transaction, tables: PostgresTables): Promise<boolean> {
  await endRecording(transaction, tables);
  const gone = await dropUnlessHeld(transaction, tables.name('verify'));
  return (await dropUnlessHeld(transaction, tables.name('changed keys'))) && gone;
}
