/** A replicator that has announced itself in a destination. */
export interface Presence {
  /** Unique for a process. */
  readonly id: string;
  /** The machine and process number, for messages. */
  readonly host: string;
  readonly pid: number;
  /** Names of the source tables it replicates. */
  readonly tables: readonly string[];
}

/** A request that was left for a replicator in a destination. */
export interface MailedRequest {
  readonly id: string;
  /** Only the control room interprets this text. */
  readonly body: string;
}

/**
 * Lets processes communicate that share a destination but no machine: requests and answers are rows. The mailbox
 * makes no decisions, and deleting all of it loses no data. All methods throw a ReplicatorError when the destination
 * is unreachable.
 */
export interface Mailbox {
  /** Announces this process. From now on it has to `collect` at least every `PRESENCE_MS`. Ends with `withdraw`. */
  announce(presence: Presence): Promise<void>;
  /** Renews the announcement, and returns the requests for this replicator, each once. */
  collect(): Promise<readonly MailedRequest[]>;
  /** Appends a line to the answer to a request. */
  answer(request: string, line: string): Promise<void>;
  /** Withdraws the announcement, and deletes the requests that nobody will answer. */
  withdraw(): Promise<void>;
  /** Replicators that renewed their announcement within the last `PRESENCE_MS`. */
  present(): Promise<readonly Presence[]>;
  /** Leaves a request for a replicator. Returns its id. */
  post(replicator: string, body: string): Promise<string>;
  /** The lines of an answer, starting at this one. `undefined`: the request is gone, and so is its replicator. */
  read(request: string, fromLine: number): Promise<readonly string[] | undefined>;
  /** Deletes a request, answered or not. */
  discard(request: string): Promise<void>;
}

/** After this long without a renewal a replicator counts as gone, ms. @public */
export const PRESENCE_MS = 15_000;
