/** What turning a stream and recovery on and off needs of DynamoDB. */

export interface StreamState {
  readonly enabled: boolean;
  readonly viewType?: string | undefined;
  /** Of the newest stream; it stays for a day after the stream is disabled. */
  readonly arn?: string | undefined;
}

export interface TableState {
  /** `ACTIVE`, `UPDATING`, … Source: DynamoDB API, TableDescription, `TableStatus`. */
  readonly status: string;
  readonly stream: StreamState;
  /** Replicas of a global table need the stream. */
  readonly replicas: number;
}

export interface RecoveryState {
  readonly enabled: boolean;
}

/** Fails with errors whose `name` is the code of DynamoDB, as those of the AWS SDK do. */
export interface TableClient {
  describe(table: string): Promise<TableState>;
  describeRecovery(table: string): Promise<RecoveryState>;
  enableStream(table: string, viewType: string): Promise<void>;
  disableStream(table: string): Promise<void>;
  enableRecovery(table: string): Promise<void>;
  pause(ms: number): Promise<void>;
}
