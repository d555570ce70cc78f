import { Client, type QueryArrayResult, type QueryResult } from 'pg';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import { onAbort } from '../../../abort';
import type { PostgresSettings } from '../config';
import type { Backend } from './backend';
import type { Login } from './credentials';
import { PreparedStatements } from './prepared-statements';
import { RoundTrip, type Statement } from './round-trip';
import { factsOf, factsQuery, type ServerFacts } from './server-facts';
import { tlsOptions } from './tls';

/** Values as the server prints them; `null` is SQL NULL. */
export type SqlRow = Readonly<Record<string, string | null>>;

/** How the server shows the connections of a replicator. */
export const APPLICATION = 'dynamodb-replicator';
/** After this much silence the system starts to probe the peer, which detects one that vanished. */
const KEEPALIVE_AFTER_MS = 5_000;
/** For an orderly close. */
const CLOSE_MS = 1_000;

/** Parts of the driver that are not in its types. */
interface Inside {
  readonly processID: number | null;
  readonly connection: {
    readonly stream: { destroy(error: Error): void; getProtocol?(): string | null };
  };
}

/** One connection that has logged in. Its methods throw what the driver throws. */
export class Connection {
  private broken = false;
  /**
   * The error that broke it while it was idle. The next caller gets it, since the driver would only report that it
   * cannot query.
   */
  private failure: Error | undefined;
  private serving: Backend | undefined;
  private readonly prepared: PreparedStatements | undefined;

  private constructor(
    private readonly client: Client,
    readonly facts: ServerFacts,
    /** After this long without an answer, another connection checks whether the server still works on it. */
    public silenceMs: number,
  ) {
    this.prepared = facts.pooled ? undefined : new PreparedStatements();
    client.on('error', (error) => {
      this.broken = true;
      this.failure ??= error;
    });
    client.on('end', () => (this.broken = true));
  }

  /** Leaves nothing open when it throws: what the driver throws, or the signal's reason. */
  static async open(
    login: Login,
    settings: PostgresSettings,
    { connectMs, silenceMs }: { readonly connectMs: number; readonly silenceMs: number },
    signal?: AbortSignal,
  ): Promise<Connection> {
    signal?.throwIfAborted();
    const client = new Client({
      host: login.host,
      port: login.port,
      database: login.database,
      user: login.user,
      // A function, since otherwise the driver would look for a password in the environment.
      password: () => login.password ?? '',
      ssl: tlsOptions(settings, login.host),
      application_name: APPLICATION,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
      types: { getTypeParser: () => (value: string) => value },
    });
    // Without a listener an error would end the process. The pending call gets the rejection.
    client.on('error', () => undefined);
    const stopListening = onAbort(signal, () => destroy(client, signal?.reason as Error));
    try {
      await client.connect();
      const { processID, connection } = client as unknown as Inside;
      const text = factsQuery(processID);
      const { rows } = await client.query<Record<string, string>>(within(connectMs, { text }));
      const tls = connection.stream.getProtocol?.() ?? undefined;
      return new Connection(client, factsOf(rows[0] ?? {}, processID, tls), silenceMs);
    } catch (error) {
      destroy(client, new Error('the connection was not usable'));
      throw signal?.aborted ? signal.reason : error;
    } finally {
      stopListening();
    }
  }

  get isBroken(): boolean {
    return this.broken;
  }

  /** The process that runs what was sent last. Behind a pooler it is the one that `servedBy` was last called with. */
  get backend(): Backend | undefined {
    return this.facts.backend ?? this.serving;
  }

  /** Behind a pooler: the process that has the current transaction. `undefined`: unknown, or the transaction has ended. */
  servedBy(backend: Backend | undefined): void {
    this.serving = backend;
  }

  /** @param withinMs the query is abandoned after this long; without it there is no limit */
  async query(
    sql: string,
    values?: readonly (string | Buffer | null)[],
    withinMs?: number,
  ): Promise<QueryResult<SqlRow>> {
    this.throwIfFailed();
    const query = { text: sql, ...(values && { values: [...values] }) };
    const result: unknown = await this.client.query<SqlRow>(
      withinMs === undefined ? query : within(withinMs, query),
    );
    // For several statements in one text, the driver returns one result each.
    return (Array.isArray(result) ? result.at(-1) : result) as QueryResult<SqlRow>;
  }

  /** Rows as arrays, so that columns of the same name do not hide each other. */
  async queryRows(sql: string): Promise<QueryArrayResult<(string | null)[]>> {
    this.throwIfFailed();
    return this.client.query({ text: sql, rowMode: 'array' });
  }

  async roundTrip(statements: readonly Statement[]): Promise<void> {
    this.throwIfFailed();
    return this.client.query(new RoundTrip(statements, this.prepared)).done;
  }

  /** Starts a `COPY … FROM STDIN`. The caller writes its lines, and ends it. */
  copy(sql: string): CopyStreamQuery {
    this.throwIfFailed();
    return this.client.query(copyFrom(sql));
  }

  /** Closes the connection at once. Pending calls get the error. */
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

  private throwIfFailed(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** A query that is abandoned after this long. */
function within<Query extends object>(ms: number, query: Query): Query {
  return { ...query, query_timeout: ms };
}

function destroy(client: Client, error: Error): void {
  (client as unknown as Inside).connection.stream.destroy(error);
}
