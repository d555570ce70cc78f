import { DestinationUnavailable } from '../errors';
import { qualified, type TableName } from '../relational/sql';
import type { Transaction } from './connection/transaction';
import { hasSqlState } from './faults';

/** Readers of the table queue behind a waiting lock request, so none waits longer than this. */
const WAIT_MS = 500;
const MOST_TRIES = 20;

/**
 * Locks a table against readers, for a short change: from now until the end of the transaction nobody can read it.
 * While somebody holds the table, it retries, and lets waiting readers pass between the attempts.
 * @throws DestinationUnavailable naming who holds it, and the signal's reason
 */
export async function lockOutReaders(
  transaction: Transaction,
  table: TableName,
  signal?: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const held = await heldUp(
      transaction,
      WAIT_MS,
      `LOCK TABLE ${qualified(table)} IN ACCESS EXCLUSIVE MODE`,
    );
    if (held === undefined) return;
    if (tries === MOST_TRIES) throw await describeHolders(transaction, table, held);
    await transaction.clock.sleep(transaction.patience.lockPauseMs, signal);
  }
}

/**
 * Drops an unneeded table unless somebody holds it. A backup holds all tables until it ends, and waiting for the lock
 * would keep others from everything that is already locked. Returns whether it was dropped.
 */
export async function dropUnlessHeld(transaction: Transaction, table: TableName): Promise<boolean> {
  const [before] = await transaction.rows(`SELECT current_setting('lock_timeout') AS lock_timeout`);
  const held = await heldUp(transaction, WAIT_MS, `DROP TABLE IF EXISTS ${qualified(table)}`, async () => {
    await transaction.run(`SELECT set_config('lock_timeout', $1, true)`, [String(before?.['lock_timeout'])]);
  });
  return held === undefined;
}

/**
 * Runs a statement that needs a lock, and waits for it no longer than this. On success the timeout stays for the rest
 * of the transaction.
 * @param then is rolled back with the statement when it fails
 * @returns the error if the lock was not available; the transaction can continue
 */
export async function heldUp(
  transaction: Transaction,
  waitMs: number,
  sql: string,
  then?: () => Promise<void>,
): Promise<DestinationUnavailable | undefined> {
  try {
    await transaction.attempt(async () => {
      await transaction.run(`SET LOCAL lock_timeout = ${waitMs}`);
      await transaction.run(sql);
      await then?.();
    });
    return undefined;
  } catch (error) {
    if (error instanceof DestinationUnavailable && hasSqlState(error.cause, '55P03')) return error;
    throw error;
  }
}

async function describeHolders(
  transaction: Transaction,
  table: TableName,
  cause: Error,
): Promise<DestinationUnavailable> {
  // Not their queries, which may contain anything.
  const sessions = await transaction.rows(
    `SELECT a.pid, a.usename, date_trunc('second', clock_timestamp() - a.xact_start) AS since
       FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.relation = $1::regclass AND l.granted AND l.pid <> pg_backend_pid() ORDER BY a.xact_start`,
    [qualified(table)],
  );
  const who = sessions.map(({ pid, usename, since }) => `pid ${pid} (role ${usename}, for ${since})`);
  const heldBy = who.length === 0 ? '' : ` Held by ${who.join(', ')}.`;
  return new DestinationUnavailable(
    `Waiting for an exclusive lock on table ${table.table}, to change a column's type.${heldBy} Retrying; to ` +
      `release it now: SELECT pg_terminate_backend(${sessions[0]?.['pid'] ?? 'PID'});`,
    { cause },
  );
}
