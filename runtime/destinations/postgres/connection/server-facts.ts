import { integer } from '../../relational/sql';
import { type Backend, backendOf, WHICH_BACKEND } from './backend';

/** Facts about the server at the other end. */
export interface ServerFacts {
  /** As in `server_version_num`: 150018. */
  readonly version: number;
  /** `15.18`. */
  readonly versionText: string;
  readonly encoding: string;
  readonly user: string;
  readonly database: string;
  readonly readOnly: boolean;
  /** It follows another server, and takes no writes until it is promoted. */
  readonly standby: boolean;
  /** It can compress large values with lz4. */
  readonly lz4: boolean;
  /** The server process at the other end, unless there is a pooler in between. */
  readonly backend: Backend | undefined;
  /** There is a pooler in between: session state may belong to another session in the next transaction. */
  readonly pooled: boolean;
  /** `TLSv1.3`; `undefined`: not encrypted. */
  readonly tls: string | undefined;
}

/** Settings of the session: how the server probes us, in seconds, and how long what it sent may stay unacknowledged. */
const SERVER_KEEPALIVE = {
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '3',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30s',
};
/**
 * A query for the facts about the server, which also sets up the session.
 * @param processId the process number that the connection was given; the server's own unless there is a pooler in
 * between
 */
export function factsQuery(processId: number | null): string {
  // Behind a pooler the session is shared, and its socket leads to the pooler.
  const keepalive = Object.entries(SERVER_KEEPALIVE).map(
    ([name, value]) => `set_config('${name}', '${value}', false)`,
  );
  return `SELECT ${WHICH_BACKEND}, current_setting('server_version_num') AS version, current_setting('server_version') AS version_text,
    current_setting('server_encoding') AS encoding, current_user AS "user", current_database() AS database,
    pg_is_in_recovery() AS standby, pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,
    EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) AS lz4,
    CASE WHEN pg_backend_pid() = ${integer(processId ?? 0)} THEN concat(${keepalive.join(', ')}) END`;
}

export function factsOf(
  row: Readonly<Record<string, string>>,
  processId: number | null,
  tls: string | undefined,
): ServerFacts {
  // A pooler gives its clients its own cancel keys.
  const pooled = String(processId) !== row['pid'];
  return {
    version: Number(row['version']),
    versionText: String(row['version_text']).replace(/ .*/, ''),
    encoding: String(row['encoding']),
    user: String(row['user']),
    database: String(row['database']),
    readOnly: row['read_only'] === 't',
    standby: row['standby'] === 't',
    lz4: row['lz4'] === 't',
    backend: pooled ? undefined : backendOf(row, pooled),
    pooled,
    tls,
  };
}
