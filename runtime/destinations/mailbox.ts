/** A replicator that has announced itself in a destination. */
export interface Presence {
  /** Unique for a process. */
  readonly id: string;
  /** For people: the machine and its process number. */
  readonly host: string;
  readonly pid: number;
  /** Names of the source tables it replicates. */
  readonly tables: readonly string[];
}

/** What a replicator is asked through a destination. */
export interface MailedRequest {
  readonly id: string;
  /** Text that only the control room understands. */
  readonly body: string;
}

/**
 * How processes talk that share a destination but no machine: requests and answers are rows. Nothing here decides, and
 * nothing is lost by deleting it all. All methods throw a ReplicatorError when the destination cannot be reached.
 */
export interface Mailbox {
  /** Announces this process; from now on it has to `collect` at least every `PRESENCE_MS`. Ends with `withdraw`. */
  announce(presence: Presence): Promise<void>;
  /** Shows that the announced replicator is still there, and takes the requests that came for it, each once. */
  collect(): Promise<readonly MailedRequest[]>;
  /** Appends a line to the answer of a request. */
  answer(request: string, line: string): Promise<void>;
  /** Takes the announcement back, and with it the requests that nobody will answer. */
  withdraw(): Promise<void>;
  /** Replicators that have shown themselves within the last `PRESENCE_MS`. */
  present(): Promise<readonly Presence[]>;
  /** Leaves a request for a replicator; returns its id. */
  post(replicator: string, body: string): Promise<string>;
  /** Lines of an answer from this one on; `undefined` when the request is gone, with its replicator. */
  read(request: string, fromLine: number): Promise<readonly string[] | undefined>;
  /** Takes a request back, answered or not. */
  discard(request: string): Promise<void>;
}

/** A replicator that has not shown itself for so long is taken for gone, ms. @public */
export const PRESENCE_MS = 15_000;
