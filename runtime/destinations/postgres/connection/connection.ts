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

const APPLICATION = 'dynamodb-replicator';
/** A peer that went without a word is noticed by the system's probes, which begin after so long a silence. */
const KEEPALIVE_AFTER_MS = 5_000;
/** For saying goodbye. */
const CLOSE_MS = 1_000;

/** What the driver knows and does not say in its types. */
interface Inside {
  readonly processID: number | null;
  readonly connection: {
    readonly stream: { destroy(error: Error): void; getProtocol?(): string | null };
  };
}

/** One connection that has logged in. Its methods throw what the driver throws. */
export class Connection {
  private broken = false;
  /** What broke it while nothing was asked: whoever asks next gets it, as the driver then only says that it cannot ask. */
  private failure: Error | undefined;
  private serving: Backend | undefined;
  private readonly prepared: PreparedStatements | undefined;

  private constructor(
    private readonly client: Client,
    readonly facts: ServerFacts,
    /** After so long without an answer it is looked whether the server still works on it. */
    public silenceMs: number,
  ) {
    this.prepared = facts.pooled ? undefined : new PreparedStatements();
    client.on('error', (error) => {
      this.broken = true;
      this.failure ??= error;
    });
    client.on('end', () => (this.broken = true));
  }

  /** Nothing is left open when it throws: what the driver throws, or the signal's reason. */
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
      // A function: otherwise the driver would look for one in the environment.
      password: () => login.password ?? '',
      ssl: tlsOptions(settings, login.host),
      application_name: APPLICATION,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
      types: { getTypeParser: () => (value: string) => value },
    });
    // Without a listener it would end the process; whoever waits gets the rejection.
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
      destroy(client, new Error('it is of no use'));
      throw signal?.aborted ? signal.reason : error;
    } finally {
      stopListening();
    }
  }

  get isBroken(): boolean {
    return this.broken;
  }

  /** The process that does what was sent last; behind a pooler, as far as `servedBy` was called for it. */
  get backend(): Backend | undefined {
    return this.facts.backend ?? this.serving;
  }

  /** Behind a pooler: which process has the transaction that has begun; `undefined`: that is not known, or it has ended. */
  servedBy(backend: Backend | undefined): void {
    this.serving = backend;
  }

  /** @param withinMs is given up after so long; without it, it may take any time */
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
    // Several statements in one text have a result each.
    return (Array.isArray(result) ? result.at(-1) : result) as QueryResult<SqlRow>;
  }

  /** Rows as arrays, so that no column hides another one of its name. */
  async queryRows(sql: string): Promise<QueryArrayResult<(string | null)[]>> {
    this.throwIfFailed();
    return this.client.query({ text: sql, rowMode: 'array' });
  }

  async roundTrip(statements: readonly Statement[]): Promise<void> {
    this.throwIfFailed();
    return this.client.query(new RoundTrip(statements, this.prepared)).done;
  }

  /** Takes the lines of a `COPY … FROM STDIN`, whose end it is to be told. */
  copy(sql: string): CopyStreamQuery {
    this.throwIfFailed();
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

  private throwIfFailed(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** A query that is given up after so long. */
function within<Query extends object>(ms: number, query: Query): Query {
  return { ...query, query_timeout: ms };
}

function destroy(client: Client, error: Error): void {
  (client as unknown as Inside).connection.stream.destroy(error);
}
