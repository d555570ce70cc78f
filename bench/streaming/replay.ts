/** What a destination would send for its commits, kept to be sent later without anything of the replicator. */
export interface Replay {
  /** Has a commit made, but keeps what changes data instead of sending it. The kept commits have to be sent in their order. */
  record(commit: () => Promise<void>): Promise<void>;
  /** Sends the next of the kept commits. */
  send(): Promise<void>;
  close(): Promise<void>;
}
