import { onAbort } from '../../../abort';
import { backendOf, WHICH_BACKEND } from './backend';
import type { Connection } from './connection';
import { LostSessions } from './lost-sessions';
import type { Statement } from './round-trip';
import type { PostgresServer } from './server';
import type { ServerFacts } from './server-facts';
import { type PostgresHooks, Transaction } from './transaction';

/** `write`: sees what others commit meanwhile. `snapshot`: reads all as it is at its begin, and writes nothing. */
export type TransactionKind = 'write' | 'snapshot';

export interface GuardedStatements {
  readonly before: readonly Statement[];
  readonly guard: Statement;
  readonly after: readonly Statement[];
}

/** Longest wait for another session's lock before it is told of. */
const LOCK_TIMEOUT_MS = 60_000;
/** A transaction of ours that stands still for longer belongs to a process that does. */
const IDLE_TIMEOUT_MS = 600_000;

const BEGIN: Readonly<Record<TransactionKind, string>> = {
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
};

/** One connection, made when it is needed and made anew when it broke. It does one transaction at a time: see `Turns`. */
export class Session {
  private connection: Connection | undefined;

  constructor(
    readonly server: PostgresServer,
    private readonly hooks: PostgresHooks = {},
    /** Those of its user, which this one's belong to when they break. */
    private readonly lost = new LostSessions(),
    /** Done with every new connection. */
    private readonly onConnect: (connection: Connection) => Promise<void> = async () => undefined,
  ) {}

  /**
   * Runs `work` in a transaction and commits it; any error rolls back. Of a snapshot there is nothing to commit. A signal that
   * aborts before the commit ends the connection.
   */
  async transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    kind: TransactionKind = 'write',
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const transaction = await this.begin(kind);
    const stopListening = onAbort(signal, () => this.connection?.destroy(signal?.reason as Error));
    let result: T;
    try {
      result = await work(transaction);
      signal?.throwIfAborted();
    } catch (error) {
      stopListening();
      await transaction.rollback();
      throw signal?.aborted ? signal.reason : error;
    }
    stopListening();
    if (kind === 'snapshot') await transaction.rollback();
    else await transaction.commit();
    return result;
  }

  /**
   * One transaction in one round trip. The guard keeps what follows it from being done by failing.
   * @throws GuardRefused, and what any transaction throws
   */
  async roundTrip({ before, guard, after }: GuardedStatements): Promise<void> {
    const connection = await this.connect();
    // Nothing may commit in a process that is not known: it could not be ended.
    const begun = connection.facts.pooled ? await this.begin() : undefined;
    const begin = begun ? [] : [{ sql: BEGIN.write }, { sql: settingsOf(connection.facts) }];
    const transaction = begun ?? new Transaction(this.server, connection, this.hooks);
    await transaction.roundTrip(
      [...begin, ...before, guard, ...after, { sql: 'COMMIT' }],
      begin.length + before.length,
    );
  }

  /** A transaction that the caller ends; until then no other may be begun. */
  async begin(kind: TransactionKind = 'write'): Promise<Transaction> {
    const connection = await this.connect();
    const transaction = new Transaction(this.server, connection, this.hooks);
    const { pooled } = connection.facts;
    try {
      const text = `${BEGIN[kind]}; ${settingsOf(connection.facts)}`;
      const [row] = await transaction.rows(text, undefined, pooled ? this.server.patience.poolMs : undefined);
      if (pooled && row) connection.servedBy(backendOf(row, true));
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    return transaction;
  }

  /**
   * The connection for the next transaction. What a connection that broke may still be doing is over.
   * @throws ReplicatorError
   */
  async connect(): Promise<Connection> {
    if (this.connection?.isBroken) this.giveUp(this.connection);
    if (this.connection === undefined) this.connection = await this.connectAnew();
    else await this.lost.end(this.server, this.connection);
    return this.connection;
  }

  async close(): Promise<void> {
    const { connection } = this;
    if (connection === undefined) return;
    if (connection.isBroken) this.giveUp(connection);
    this.connection = undefined;
    await connection.close();
  }

  private async connectAnew(): Promise<Connection> {
    const connection = await this.server.connect();
    let isInUse = false;
    try {
      await this.lost.end(this.server, connection);
      isInUse = true;
      await this.onConnect(connection);
    } catch (error) {
      connection.destroy(error as Error);
      if (isInUse) this.giveUp(connection);
      throw error;
    }
    return connection;
  }

  private giveUp(connection: Connection): void {
    this.lost.add(connection.backend);
    this.connection = undefined;
  }
}

/**
 * Settings for one transaction, whatever the role's own are. A publish may take hours; names have to mean PostgreSQL's
 * own functions; and a commit that is confirmed before it is safe could be lost in a crash unnoticed.
 */
function settingsOf({ version, pooled }: ServerFacts): string {
  const settings = {
    statement_timeout: '0',
    lock_timeout: String(LOCK_TIMEOUT_MS),
    idle_in_transaction_session_timeout: String(IDLE_TIMEOUT_MS),
    search_path: 'pg_catalog, pg_temp',
    ...(version >= 170_000 && { transaction_timeout: '0' }),
  };
  const set = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', true)`);
  return `SELECT ${set.join(', ')}, CASE WHEN current_setting('synchronous_commit') = 'off' THEN
    set_config('synchronous_commit', 'on', true) END${pooled ? `, ${WHICH_BACKEND}` : ''}`;
}
