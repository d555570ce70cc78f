/** Records what a destination would send for its commits, to send it later without the replicator's own work. */
export interface Replay {
  /** Runs a commit, but records the statements that change data instead of sending them. Send the recorded commits in order. */
  record(commit: () => Promise<void>): Promise<void>;
  /** Sends the next recorded commit. */
  send(): Promise<void>;
  close(): Promise<void>;
}
