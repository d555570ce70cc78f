import { onAbort } from '../../../abort';
import { inTransaction } from '../../relational/transaction';
import { backendOf, WHICH_BACKEND } from './backend';
import type { Connection } from './connection';
import { hasSqlState } from '../faults';
import { LostSessions } from './lost-sessions';
import type { ConnectionPool, ConnectionUser } from './pool';
import type { Statement } from './round-trip';
import type { PostgresServer } from './server';
import type { ServerFacts } from './server-facts';
import { type PostgresHooks, Transaction } from './transaction';

/** `write`: sees what others commit meanwhile. `snapshot`: reads everything as of its start, and writes nothing. */
export type TransactionKind = 'write' | 'snapshot';

/** Longest wait for the lock of another session before an error. */
const LOCK_TIMEOUT_MS = 60_000;
/** A transaction of ours that is idle for longer belongs to a process that hangs. */
const IDLE_TIMEOUT_MS = 600_000;

const BEGIN: Readonly<Record<TransactionKind, string>> = {
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
};

/**
 * Without this the server would continue with a long statement for a client that is gone. Not every operating system
 * supports it.
 */
export const END_WITH_CLIENT = `SELECT set_config(name, '5000', true) FROM pg_settings
  WHERE name = 'client_connection_check_interval' AND version() ~ 'linux'`;

export interface SessionOptions {
  readonly hooks?: PostgresHooks;
  /** The lost sessions of its user. Its own session joins them when its connection breaks. */
  readonly lost?: LostSessions;
  /** When it aborts, nothing is waited for any more: neither a new connection nor the end of a lost session. */
  readonly stop?: AbortSignal | undefined;
  /** Overrides that of `Patience`. */
  readonly silenceMs?: number;
  /** Called with every new connection. */
  readonly onConnect?: (connection: Connection) => Promise<void>;
  /** Called before each use. */
  readonly beforeUse?: () => Promise<void>;
  /**
   * Which place of the pool its connection takes. `shared`: it takes turns with others. `aside`: its user already
   * holds another connection. `own`: the one of the writers' locks.
   */
  readonly place?: 'shared' | 'aside' | 'own';
}

/**
 * One connection at a time, taken from the pool when it is needed and replaced when it breaks. It runs one
 * transaction at a time: see `Mutex`.
 */
export class Session implements ConnectionUser {
  private connection: Connection | undefined;
  private giveBack: (() => void) | undefined;
  private readonly hooks: PostgresHooks;
  private readonly lost: LostSessions;
  private readonly stop: AbortSignal | undefined;

  constructor(
    readonly server: PostgresServer,
    private readonly options: SessionOptions = {},
  ) {
    const { hooks = {}, lost = new LostSessions(), stop } = options;
    this.hooks = hooks;
    this.lost = lost;
    this.stop = stop;
  }

  /**
   * Runs `work` in a transaction and commits it. Any error rolls back. A snapshot has nothing to commit. A signal
   * that aborts before the commit closes the connection.
   */
  async transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    kind: TransactionKind = 'write',
    signal?: AbortSignal,
  ): Promise<T> {
    return this.resting(() =>
      inTransaction(() => this.begin(kind, signal), work, {
        signal,
        interrupt: () => this.connection?.destroy(signal?.reason as Error),
        by: kind === 'snapshot' ? 'rollback' : 'commit',
      }),
    );
  }

  /**
   * Runs one transaction in one round trip. A guard among the statements fails to roll all of them back.
   * @throws GuardRefused, and what any transaction throws
   */
  async roundTrip(statements: readonly Statement[]): Promise<void> {
    await this.resting(async () => {
      const connection = await this.connect();
      // Nothing may commit in an unknown process: it could not be ended.
      const begun = connection.facts.pooled ? await this.begin() : undefined;
      const begin = begun
        ? []
        : [{ sql: BEGIN.write, isControl: true } as const, { sql: settingsOf(connection.facts) }];
      const transaction = begun ?? new Transaction(this.server, connection, this.hooks);
      await transaction.roundTrip([...begin, ...statements, { sql: 'COMMIT', isControl: true }]);
    });
  }

  /** Runs a statement that cannot be in a transaction. */
  async maintain(sql: string, signal = this.stop): Promise<void> {
    await this.resting(async () => {
      const connection = await this.connect(signal);
      await endingAtAbort(connection, signal, () =>
        this.server.answer(connection, () => connection.query(sql)),
      );
    });
  }

  /** Begins a transaction that the caller ends. Until then no other may begin. */
  async begin(kind: TransactionKind = 'write', signal = this.stop): Promise<Transaction> {
    const connection = await this.connect(signal);
    const transaction = new Transaction(this.server, connection, this.hooks);
    const { pooled } = connection.facts;
    const { connectMs, poolMs } = this.server.patience;
    // The last commits before a stop have no time to wait for a pooler.
    const withinMs = signal?.aborted ? connectMs : poolMs;
    try {
      const text = `${BEGIN[kind]}; ${settingsOf(connection.facts)}`;
      const [row] = await endingAtAbort(connection, pooled ? signal : undefined, () =>
        transaction.rows(text, undefined, pooled ? withinMs : undefined),
      );
      if (pooled && row) connection.servedBy(backendOf(row, true));
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    return transaction;
  }

  /**
   * The connection for the next transaction. Whatever a broken earlier connection was doing has ended by then.
   * @throws ReplicatorError, and the signal's reason
   */
  async connect(signal = this.stop): Promise<Connection> {
    await this.options.beforeUse?.();
    if (this.connection?.isBroken) this.giveUp(this.connection);
    if (this.connection === undefined) await this.obtain(signal);
    else this.pool?.use(this);
    const connection = this.connection as unknown as Connection;
    await this.endLost(connection, signal);
    return connection;
  }

  async close(): Promise<void> {
    const { connection } = this;
    if (connection === undefined) return;
    if (connection.isBroken) this.lost.add(connection.backend);
    // While it closes, the pool must not ask this session to hand it over.
    this.pool?.use(this);
    this.connection = undefined;
    try {
      await connection.close();
    } finally {
      this.freePlace();
    }
  }

  /** Breaks the connection, whatever it is doing. What it has not committed is lost. */
  breakOff(reason: Error): void {
    const { connection } = this;
    if (connection === undefined) return;
    connection.destroy(reason);
    this.giveUp(connection);
  }

  handOver(): Connection {
    const connection = this.connection as Connection;
    if (connection.isBroken) this.lost.add(connection.backend);
    this.connection = undefined;
    return connection;
  }

  private get pool(): ConnectionPool | undefined {
    return (this.options.place ?? 'shared') === 'shared' ? this.server.pool : undefined;
  }

  /** Runs work that leaves no transaction open. */
  private async resting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.rest();
    }
  }

  /** Offers the connection to those who wait. */
  private rest(): void {
    if (this.connection === undefined) return;
    if (this.connection.isBroken) this.giveUp(this.connection);
    else this.pool?.rest(this);
  }

  private async obtain(signal: AbortSignal | undefined): Promise<void> {
    if (this.options.place === 'aside') this.giveBack = await this.server.pool.aside.acquire(signal);
    for (;;) {
      const given = await this.pool?.acquire(signal);
      if (given !== undefined && !given.isBroken) {
        given.silenceMs = this.silenceMs;
        this.connection = given;
        return;
      }
      const wasOpen = given !== undefined;
      try {
        this.connection = await this.reconnect(signal);
        if (!wasOpen) this.pool?.connected();
        return;
      } catch (error) {
        if (!wasOpen && isFull(error) && this.pool?.setAside()) continue;
        this.freePlace(wasOpen);
        throw error;
      }
    }
  }

  private freePlace(wasOpen = true): void {
    this.giveBack?.();
    this.giveBack = undefined;
    this.pool?.release(this, wasOpen);
  }

  private get silenceMs(): number {
    return this.options.silenceMs ?? this.server.patience.silenceMs;
  }

  private async endLost(connection: Connection, signal: AbortSignal | undefined): Promise<void> {
    if (this.lost.isEmpty) return;
    await endingAtAbort(connection, signal, () => this.lost.end(this.server, connection, signal));
  }

  private async reconnect(signal: AbortSignal | undefined): Promise<Connection> {
    const connection = await this.server.connect(signal, this.silenceMs);
    let isInUse = false;
    try {
      await this.endLost(connection, signal);
      isInUse = true;
      await endingAtAbort(connection, signal, async () => this.options.onConnect?.(connection));
    } catch (error) {
      connection.destroy(error as Error);
      if (isInUse) this.lost.add(connection.backend);
      throw error;
    }
    return connection;
  }

  private giveUp(connection: Connection): void {
    this.lost.add(connection.backend);
    this.connection = undefined;
    this.freePlace();
  }
}

/** Whether the server has no connection left. */
function isFull(error: unknown): boolean {
  return error instanceof Error && hasSqlState(error.cause, '53300');
}

/** Closes the connection when the signal aborts during `work`. @throws the signal's reason then, or what `work` throws */
async function endingAtAbort<T>(
  connection: Connection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  // Work that begins after a stop finishes what was already in progress.
  if (signal === undefined || signal.aborted) return work();
  const stopListening = onAbort(signal, () => connection.destroy(signal.reason as Error));
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    stopListening();
  }
}

/**
 * Settings for one transaction, which override those of the role. A publish may take hours. Names have to mean
 * PostgreSQL's own functions. A commit that is confirmed before it is safe could be lost in a crash unnoticed. And a
 * policy that hides rows has to be an error, since otherwise changes of those rows would silently not be applied.
 */
function settingsOf({ version, pooled }: ServerFacts): string {
  const settings = {
    statement_timeout: '0',
    lock_timeout: String(LOCK_TIMEOUT_MS),
    idle_in_transaction_session_timeout: String(IDLE_TIMEOUT_MS),
    search_path: 'pg_catalog, pg_temp',
    row_security: 'off',
    ...(version >= 170_000 && { transaction_timeout: '0' }),
  };
  const set = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', true)`);
  return `SELECT ${set.join(', ')}, CASE WHEN current_setting('synchronous_commit') = 'off' THEN
    set_config('synchronous_commit', 'on', true) END${pooled ? `, ${WHICH_BACKEND}` : ''}`;
}
