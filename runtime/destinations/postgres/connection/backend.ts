/** A server process, distinct from all others that have had or will have its number. */
export interface Backend {
  readonly pid: string;
  /** The role it belongs to. The server may hide the times of processes of other roles, but never this name. */
  readonly role: string;
  /** When the server started, in the same form. After a restart the process numbers begin again. */
  readonly serverStartedAt: string;
  /** When it started, as the server prints it: seconds since 1970. */
  readonly startedAt: string;
  /** Behind a pooler, where one process serves many clients: when the transaction in question began, in the same form. */
  readonly transactionAt: string | undefined;
}

/** Columns that return the process that runs the query, and when its transaction began. */
export const WHICH_BACKEND = `pg_backend_pid() AS pid, extract(epoch FROM now())::text AS transaction_at,
  extract(epoch FROM pg_postmaster_start_time())::text AS server_started_at,
  (SELECT usename FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS role,
  (SELECT extract(epoch FROM backend_start)::text FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS started_at`;

/** @param row of a query that has `WHICH_BACKEND` among its columns */
export function backendOf(row: Readonly<Record<string, string | null>>, pooled: boolean): Backend {
  return {
    pid: String(row['pid']),
    role: String(row['role']),
    serverStartedAt: String(row['server_started_at']),
    startedAt: String(row['started_at']),
    transactionAt: pooled ? String(row['transaction_at']) : undefined,
  };
}

/**
 * A condition on `pg_stat_activity` that finds this process, unless it or its transaction has ended. If the login has
 * changed meanwhile, the times of the earlier role's processes are hidden. Such a process counts as a match, which is
 * the safe choice. A process of any other role is somebody else's.
 */
export function isBackend(backend: Backend): { readonly sql: string; readonly values: (string | null)[] } {
  return {
    sql: `pid = $1 AND usename = $4 AND extract(epoch FROM pg_postmaster_start_time())::text = $5 AND (backend_start IS NULL OR (extract(epoch FROM backend_start)::text = $2 AND
      ($3::text IS NULL OR extract(epoch FROM xact_start)::text = $3)))`,
    values: [
      backend.pid,
      backend.startedAt,
      backend.transactionAt ?? null,
      backend.role,
      backend.serverStartedAt,
    ],
  };
}
