import { availableParallelism } from 'node:os';
import { APPLICATION } from './connection';
import type { Transaction } from './transaction';

/** Connections left to others, and to the rest of the replicator. */
const LEFT_FREE = 5;
/** More at a time only make the server's disk and the one thread of this process wait for each other. */
const MOST_LOADS = 4;
/** One waits for the network or the server while the other is decoded. */
const LEAST_LOADS = 2;

/** How many more connections this role can open here. */
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

/** How many connections replicators of this role have open to this database, including this one. */
export async function ownConnections(transaction: Transaction): Promise<number> {
  const [row] = await transaction.rows(
    `SELECT count(*) AS own FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = current_user
       AND datname = current_database() AND application_name = $1`,
    [APPLICATION],
  );
  return Number(row?.['own']);
}

/** The best number of concurrent loads: one per core, and no more than the server has available. */
export async function loadsToSpare(transaction: Transaction): Promise<number> {
  return bestLoads(await spareConnections(transaction), availableParallelism());
}

/** At least one. More than one per core compete for the cores (docs/PERFORMANCE.md). */
export function bestLoads(spare: number, cores: number): number {
  const wanted = Math.min(MOST_LOADS, Math.max(LEAST_LOADS, cores));
  return Math.max(1, Math.min(wanted, spare - LEFT_FREE));
}
