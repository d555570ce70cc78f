import { integer } from '../relational/sql';
import type { Transaction } from './connection/transaction';

export const HELD_LONG_MS = 3_600_000;

/**
 * Names who has kept the server from removing earlier versions of rows for this long: the oldest session, prepared
 * transaction or replication slot. Seeing sessions of other roles requires `pg_read_all_stats`. Before PostgreSQL 17
 * a slot does not show how long it has been unread.
 */
export async function heldHorizon(transaction: Transaction, heldLongMs: number): Promise<string | undefined> {
  const longAgo = `now() - interval '${integer(heldLongMs)} milliseconds'`;
  const idle =
    transaction.facts.version >= 170_000 ? `NOT active AND inactive_since < ${longAgo}` : 'NOT active';
  const [holder] = await transaction.rows(
    `SELECT holder FROM (
       SELECT format('session %s of %s (%s)', pid, usename, application_name) AS holder, xact_start AS since
         FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND coalesce(backend_xmin, backend_xid) IS NOT NULL
       UNION ALL SELECT format('prepared transaction %s of %s', gid, owner), prepared
         FROM pg_prepared_xacts WHERE database = current_database()
       UNION ALL SELECT format('replication slot %s', slot_name), '-infinity'
         FROM pg_replication_slots WHERE xmin IS NOT NULL AND ${idle}) AS holders
     WHERE since < ${longAgo} ORDER BY since LIMIT 1`,
  );
  return holder === undefined ? undefined : String(holder['holder']);
}
