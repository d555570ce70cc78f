/** A process of the server, distinct from all others that have had or will have its number. */
export interface Backend {
  readonly pid: string;
  /** Whose it is. Of every process of other roles the times may be hidden; the name never is. */
  readonly role: string;
  /** When the server started, likewise: after a restart its numbers begin again. */
  readonly serverStartedAt: string;
  /** When it began, as the server prints it: seconds since 1970. */
  readonly startedAt: string;
  /** Behind a pooler, where a process serves many: when the one transaction began that is meant, likewise. */
  readonly transactionAt: string | undefined;
}

/** Columns by which a query says what process runs it, and since when its transaction is under way. */
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
 * Rows of `pg_stat_activity` that are this process; none when it is gone, or its transaction is. Where the login has changed
 * meanwhile, the times of what the earlier role has are hidden: such a process counts as the one that is meant, as that is
 * what is safe. One of any other role is a stranger's.
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
