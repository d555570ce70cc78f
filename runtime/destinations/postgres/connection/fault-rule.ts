import type { ServerError } from './server-error';

/** What was being done when PostgreSQL failed. */
export type Activity = 'connect' | 'statement' | 'commit';

/** An error of the server's or the socket's, taken apart. */
export interface Failure {
  /** SQLSTATE, the socket's or TLS's code, or empty. */
  readonly code: string;
  readonly message: string;
  /** Only of errors of the server. */
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
  /** The connection is of no use any more, or leads to the wrong server. */
  readonly endsConnection?: true;
  readonly says: (failure: Failure) => string;
}

/** By SQLSTATE and facts alone: what the server says is in its own language. */
export interface ServerRule extends Rule {
  /** Of errors that name a schema, those of ours or the system's alone. */
  readonly inOwnSchema?: true;
  /** Only on a connection to what was a standby when it was made. */
  readonly standby?: true;
  /** Only while this is done. */
  readonly activity?: Activity;
}

/** Of Node and the driver, which speak English everywhere. */
export interface ConnectionRule extends Rule {
  /** What the message or the code is like too. */
  readonly pattern?: RegExp;
}
