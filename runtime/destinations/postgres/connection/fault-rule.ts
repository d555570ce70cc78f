/** An error of the server's or the socket's, taken apart. */
export interface Failure {
  /** SQLSTATE, the socket's or TLS's code, or empty. */
  readonly code: string;
  readonly message: string;
  /** Of the table that it is about, if any. */
  readonly schema?: string | undefined;
  readonly location: string;
}

export interface Rule {
  /** SQLSTATEs, whole classes of them (two characters), or codes of a socket. */
  readonly codes: readonly string[];
  /** `at first`: fatal until this process has written here, from then on retried. */
  readonly fatal: boolean | 'at first';
  /** What the message is like too; of errors without SQLSTATE, the message or the code. */
  readonly pattern?: RegExp;
  /** The connection is of no use any more, or leads to the wrong server. */
  readonly endsConnection?: true;
  /** Of errors that name a schema, those of ours or the system's alone. */
  readonly inOwnSchema?: true;
  readonly says: (failure: Failure) => string;
}
