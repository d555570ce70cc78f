import { Client, type QueryArrayResult, type QueryResult } from 'pg';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import type { PostgresSettings } from '../config';
import type { Login } from './credentials';
import { RoundTrip, type Statement } from './round-trip';
import { tlsOptions } from './tls';

/** Values as the server prints them; `null` is SQL NULL. */
export type SqlRow = Readonly<Record<string, string | null>>;

/** What is known of the server at the other end. */
export interface ServerFacts {
  /** As in `server_version_num`: 150018. */
  readonly version: number;
  /** `15.18`. */
  readonly versionText: string;
  readonly encoding: string;
  readonly user: string;
  readonly database: string;
  readonly readOnly: boolean;
  /** It can compress large values with lz4. */
  readonly lz4: boolean;
  /** The server's process at the other end; of this moment, where a pooler stands between. */
  readonly pid: string;
  /** A pooler stands between: what belongs to a session may be another one's in the next transaction. */
  readonly pooled: boolean;
  /** `TLSv1.3`; `undefined`: not encrypted. */
  readonly tls: string | undefined;
}

const APPLICATION = 'dynamodb-replicator';
/** A peer that went without a word is noticed by the system's probes, which begin after so long a silence. */
const KEEPALIVE_AFTER_MS = 30_000;
/** For saying goodbye. */
const CLOSE_MS = 1_000;

const FACTS = `SELECT current_setting('server_version_num') AS version, current_setting('server_version') AS version_text,
  current_setting('server_encoding') AS encoding, current_user AS "user", current_database() AS database,
  pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only, pg_backend_pid() AS pid,
  EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) AS lz4`;

/** What the driver knows and does not say in its types. */
interface Inside {
  readonly processID: number;
  readonly connection: {
    readonly stream: { destroy(error: Error): void; getProtocol?(): string | null };
  };
}

/** One connection that has logged in. Its methods throw what the driver throws. */
export class Connection {
  private broken = false;

  private constructor(
    private readonly client: Client,
    readonly facts: ServerFacts,
  ) {
    client.on('error', () => (this.broken = true));
    client.on('end', () => (this.broken = true));
  }

  /** Nothing is left open when it throws. */
  static async open(login: Login, settings: PostgresSettings, connectMs: number): Promise<Connection> {
    const client = new Client({
      host: login.host,
      port: login.port,
      database: login.database,
      user: login.user,
      // A function: otherwise the driver would look for one in the environment.
      password: () => login.password ?? '',
      ssl: tlsOptions(settings, login.host),
      application_name: APPLICATION,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
      types: { getTypeParser: () => (value: string) => value },
    });
    // Without a listener it would end the process; whoever waits is told by the rejection.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Record<string, string>>(within(connectMs, { text: FACTS }));
      return new Connection(client, factsOf(rows[0] ?? {}, client));
    } catch (error) {
      destroy(client, new Error('it is of no use'));
      throw error;
    }
  }

  get isBroken(): boolean {
    return this.broken;
  }

  /** @param withinMs is given up after so long; without it, it may take any time */
  async query(
    sql: string,
    values?: readonly (string | Buffer | null)[],
    withinMs?: number,
  ): Promise<QueryResult<SqlRow>> {
    const query = { text: sql, ...(values && { values: [...values] }) };
    const result: unknown = await this.client.query<SqlRow>(
      withinMs === undefined ? query : within(withinMs, query),
    );
    // Several statements in one text have a result each.
    return (Array.isArray(result) ? result.at(-1) : result) as QueryResult<SqlRow>;
  }

  /** Rows as arrays, so that no column hides another one of its name. */
  queryRows(sql: string): Promise<QueryArrayResult<(string | null)[]>> {
    return this.client.query({ text: sql, rowMode: 'array' });
  }

  roundTrip(statements: readonly Statement[]): Promise<void> {
    return this.client.query(new RoundTrip(statements)).done;
  }

  /** Takes the lines of a `COPY … FROM STDIN`, whose end it is to be told. */
  copy(sql: string): CopyStreamQuery {
    return this.client.query(copyFrom(sql));
  }

  /** Ends it at once; whoever waits for an answer gets the error. */
  destroy(error: Error): void {
    this.broken = true;
    destroy(this.client, error);
  }

  async close(): Promise<void> {
    if (this.broken) return this.destroy(new Error('closed'));
    this.broken = true;
    const timer = setTimeout(() => destroy(this.client, new Error('closed')), CLOSE_MS);
    await this.client.end();
    clearTimeout(timer);
  }
}

/** A query that is given up after so long. */
function within<Query extends object>(ms: number, query: Query): Query {
  return { ...query, query_timeout: ms };
}

function factsOf(row: Readonly<Record<string, string>>, client: Client): ServerFacts {
  const { processID, connection } = client as unknown as Inside;
  const pid = String(row['pid']);
  return {
    version: Number(row['version']),
    versionText: String(row['version_text']).replace(/ .*/, ''),
    encoding: String(row['encoding']),
    user: String(row['user']),
    database: String(row['database']),
    readOnly: row['read_only'] === 't',
    lz4: row['lz4'] === 't',
    pid,
    // A pooler gives its clients keys of its own to cancel with.
    pooled: String(processID) !== pid,
    tls: connection.stream.getProtocol?.() ?? undefined,
  };
}

function destroy(client: Client, error: Error): void {
  (client as unknown as Inside).connection.stream.destroy(error);
}
