/** The DynamoDB calls that turn streams and recovery on and off. */

export interface StreamState {
  readonly enabled: boolean;
  readonly viewType?: string | undefined;
  /** ARN of the newest stream. DynamoDB reports it for a day after the stream is disabled. */
  readonly arn?: string | undefined;
}

export interface TableState {
  /** `ACTIVE`, `UPDATING`, … Source: DynamoDB API, TableDescription, `TableStatus`. */
  readonly status: string;
  /** `arn:aws:dynamodb:eu-west-1:123456789012:table/orders` */
  readonly arn: string;
  readonly stream: StreamState;
  /** Number of replicas of a global table. They need the stream. */
  readonly replicas: number;
}

export interface RecoveryState {
  readonly enabled: boolean;
}

/** Throws errors whose `name` is DynamoDB's error code, as the AWS SDK does. */
export interface TableClient {
  describe(table: string): Promise<TableState>;
  /** Account of the client's credentials. */
  callerAccount(): Promise<string>;
  describeRecovery(table: string): Promise<RecoveryState>;
  enableStream(table: string, viewType: string): Promise<void>;
  disableStream(table: string): Promise<void>;
  enableRecovery(table: string): Promise<void>;
  pause(ms: number): Promise<void>;
}
