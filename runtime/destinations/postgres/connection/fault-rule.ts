import type { ServerError } from './server-error';

/** The activity during which PostgreSQL failed. */
export type Activity = 'connect' | 'statement' | 'commit';

/** The parts of an error of the server or of the socket. */
export interface Failure {
  /** SQLSTATE, the socket's or TLS's code, or empty. */
  readonly code: string;
  readonly message: string;
  /** Only for errors of the server. */
  readonly server: ServerError | undefined;
  readonly location: string;
  readonly activity: Activity;
  /** The server was a standby when the connection was made. */
  readonly standby: boolean;
}

export interface Rule {
  /** SQLSTATEs, whole classes of them (two characters), or codes of a socket. */
  readonly codes: readonly string[];
  /** `at first`: fatal until this process has written here, from then on retried. */
  readonly fatal: boolean | 'at first';
  /** The connection is unusable, or leads to the wrong server. */
  readonly endsConnection?: true;
  readonly message: (failure: Failure) => string;
}

/** Matches by SQLSTATE and facts alone, since the server's messages are in its own language. */
export interface ServerRule extends Rule {
  /** Matches only errors that name our schema or the system's. */
  readonly inOwnSchema?: true;
  /** Matches only on a connection to a server that was a standby when it was made. */
  readonly standby?: true;
  /** Matches only during this activity. */
  readonly activity?: Activity;
}

/** Errors of Node and the driver, whose messages are always in English. */
export interface ConnectionRule extends Rule {
  /** Must also match the message or the code. */
  readonly pattern?: RegExp;
}
