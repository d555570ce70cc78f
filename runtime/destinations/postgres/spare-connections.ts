import type { Transaction } from './connection/transaction';

/** Connections left to others, and for what the replicator does beside loading. */
const LEFT_FREE = 5;
/** More at a time only make the server's disk and this process's one thread wait for each other. */
const MOST_LOADS = 4;

/** How many more connections this role can have here. */
export async function spareConnections(transaction: Transaction): Promise<number> {
  const [row] = await transaction.rows(
    `WITH used AS (SELECT count(*) AS all_used, count(*) FILTER (WHERE usename = current_user) AS role_used,
         count(*) FILTER (WHERE datname = current_database()) AS database_used
       FROM pg_stat_activity WHERE backend_type = 'client backend'),
     reserved AS (SELECT coalesce(sum(setting::int), 0) AS connections FROM pg_settings
       WHERE name IN ('superuser_reserved_connections', 'reserved_connections'))
     SELECT least(current_setting('max_connections')::int - connections - all_used,
       CASE WHEN rolconnlimit >= 0 THEN rolconnlimit - role_used END,
       CASE WHEN datconnlimit >= 0 THEN datconnlimit - database_used END) AS spare
     FROM used, reserved, pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
  );
  return Math.max(0, Number(row?.['spare']));
}

/** Loads that are best open at the same time, at least one. */
export async function loadsToSpare(transaction: Transaction): Promise<number> {
  const spare = await spareConnections(transaction);
  return Math.max(1, Math.min(MOST_LOADS, spare - LEFT_FREE));
}
