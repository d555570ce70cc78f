import { onAbort, unlessAborted } from '../../../abort';
import { type Clock, LocalClock } from '../../../clock';
import { ReplicatorError } from '../../../errors';
import { DestinationUnavailable } from '../../errors';
import { PRESENCE_MS } from '../../mailbox';
import { type PostgresSettings, postgresLocation } from '../config';
import { classify, endsConnection, type FaultContext, isLoginRefused } from '../faults';
import { isBackend } from './backend';
import { Connection } from './connection';
import { Credentials } from './credentials';
import { ConnectionPool } from './pool';
import type { Activity } from './fault-rule';

/** Times that tests shorten, ms. */
export interface Patience {
  /** For connecting and logging in, and for the answer to a check of what another connection does. */
  readonly connectMs: number;
  /** After this long without an answer, another connection checks whether the server still works on it. */
  readonly silenceMs: number;
  /** The same on the connection that renews the presence: short enough to renew it in time on another connection. */
  readonly presenceSilenceMs: number;
  /** For the end of a session whose connection was lost, per attempt. */
  readonly endingMs: number;
  /** For a pooler to find a server process for a transaction: longer than poolers themselves wait for one. */
  readonly poolMs: number;
  /** Pause between two attempts to lock a table that others hold, in which waiting readers pass. */
  readonly lockPauseMs: number;
}

const PATIENCE: Patience = {
  connectMs: 10_000,
  silenceMs: 30_000,
  presenceSilenceMs: PRESENCE_MS / 4,
  endingMs: 5_000,
  // PgBouncer's `query_wait_timeout`, and RDS Proxy's wait for a connection, are 120 s by default.
  poolMs: 150_000,
  lockPauseMs: 1_500,
};
/**
 * Behind a pooler nobody can see which process runs a statement outside a transaction. After this many silences the
 * connection is abandoned.
 */
const MOST_SILENCES = 30;
/** The longest time that an answer may be in transit. */
const ANSWER_MS = 1_000;

/** A PostgreSQL server. Connections are opened as they are needed. */
export class PostgresServer {
  readonly location: string;
  readonly patience: Patience;
  readonly pool: ConnectionPool;
  private readonly credentials: Credentials;
  private established = false;

  constructor(
    readonly settings: PostgresSettings,
    readSecret: (arn: string) => Promise<string>,
    patience: Partial<Patience> = {},
    readonly clock: Clock = new LocalClock(),
  ) {
    this.location = postgresLocation(settings);
    this.patience = { ...PATIENCE, ...patience };
    this.pool = new ConnectionPool(settings.connections);
    this.credentials = new Credentials(settings, readSecret);
  }

  /** @throws ReplicatorError, and the signal's reason */
  async connect(signal?: AbortSignal, silenceMs = this.patience.silenceMs): Promise<Connection> {
    try {
      return await this.open(signal, silenceMs);
    } catch (error) {
      throw signal?.aborted ? signal.reason : this.explained(error);
    }
  }

  /** The server has worked. What it refuses from now on may work again later, so it is retried. */
  worked(): void {
    this.established = true;
  }

  /** Runs a call on a connection. Closes the connection if the error breaks it. @throws what `classify` makes of an error */
  async ask<T>(connection: Connection, activity: Activity, call: () => Promise<T>): Promise<T> {
    try {
      return await this.answer(connection, call);
    } catch (error) {
      const context = this.faultContext(activity, connection);
      if (endsConnection(error, context)) connection.destroy(error as Error);
      throw classify(error, context);
    }
  }

  /**
   * Waits for an answer of the server on this connection. A statement may take hours, so it has no deadline. After a
   * silence another connection checks whether the server still works on it, and if not, this connection is closed. A
   * caller that no longer needs the answer destroys the connection. This measures the silence of a socket, so it uses
   * the machine's clock.
   */
  async answer<T>(connection: Connection, call: () => Promise<T>): Promise<T> {
    let silences = 0;
    const { silenceMs } = connection;
    /** Of the running check. */
    let checking: AbortController | undefined;
    let timer: NodeJS.Timeout | undefined;
    const listen = () => {
      timer = setTimeout(() => void check(), silenceMs);
    };
    const check = async () => {
      silences += 1;
      checking = new AbortController();
      const isAtWork = await this.isAtWork(connection, silences, checking.signal);
      if (timer === undefined) return;
      if (isAtWork) return listen();
      // The answer may be in transit.
      timer = setTimeout(() => connection.destroy(lostAnswer()), Math.min(ANSWER_MS, silenceMs));
    };
    listen();
    try {
      return await call();
    } finally {
      clearTimeout(timer);
      timer = undefined;
      checking?.abort(new Error('the answer has arrived'));
    }
  }

  private faultContext(activity: Activity, connection?: Connection): FaultContext {
    const { location, established } = this;
    return { location, activity, established, standby: connection?.facts.standby ?? false };
  }

  private async isAtWork({ backend }: Connection, silences: number, answered: AbortSignal): Promise<boolean> {
    let probe: Connection | undefined;
    let stopListening: () => void = () => undefined;
    let giveBack: () => void = () => undefined;
    try {
      // The holder of that place may be the silent one. Then this opens one extra connection for a moment.
      if (!this.pool.aside.isTaken) giveBack = await this.pool.aside.acquire(answered);
      const opened = (probe = await this.open(answered));
      stopListening = onAbort(answered, () => opened.destroy(answered.reason as Error));
      if (backend === undefined) return silences < MOST_SILENCES;
      const { sql, values } = isBackend(backend);
      const { rows } = await probe.query(
        `SELECT FROM pg_stat_activity WHERE ${sql} AND state = 'active' AND wait_event IS DISTINCT FROM 'ClientRead'`,
        values,
        this.patience.connectMs,
      );
      return rows.length > 0;
    } catch {
      // The server does not answer that connection either.
      return false;
    } finally {
      stopListening();
      probe?.destroy(new Error('the check is done'));
      giveBack();
    }
  }

  /** @throws what the driver throws, and the signal's reason */
  private async open(signal?: AbortSignal, silenceMs = this.patience.silenceMs): Promise<Connection> {
    const { settings } = this;
    const { connectMs } = this.patience;
    const connect = async () => {
      const login = await unlessAborted(signal, () => this.credentials.login());
      return Connection.open(login, settings, { connectMs, silenceMs }, signal);
    };
    try {
      return await connect();
    } catch (error) {
      if (!isLoginRefused(error) || !this.credentials.forget()) throw error;
      return await connect();
    }
  }

  /** A failure to read the password is retried if that may help, and always once the server has worked. */
  private explained(error: unknown): unknown {
    const explained = classify(error, this.faultContext('connect'));
    if (!(explained instanceof ReplicatorError) || explained instanceof DestinationUnavailable)
      return explained;
    if (explained.kind !== 'retry' && !this.established) return explained;
    return new DestinationUnavailable(explained.message, { cause: explained });
  }
}

function lostAnswer(): Error {
  return Object.assign(new Error('the server neither answers nor works on the statement'), {
    code: 'ETIMEDOUT',
  });
}
