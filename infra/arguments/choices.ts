/** The values that arguments choose from. */

/** Who looks after a table's stream and point-in-time recovery. */
export enum TableManagement {
  /** Others do; the table is read, and refused with the fix where something is off. */
  Verify = 'Verify',
  /** Others manage the table; this turns on what is off. Only for programs in TypeScript or JavaScript. */
  Enable = 'Enable',
  /** The table is this program's own: passed in, or created here. */
  Managed = 'Managed',
}

/** What a stream record carries. Others than these two lack the item as it is after the change. */
export enum StreamViewType {
  NewImage = 'NEW_IMAGE',
  NewAndOldImages = 'NEW_AND_OLD_IMAGES',
}

/** What happens at destroy to a stream and a recovery that `Enable` turned on. */
export enum OnDestroy {
  /** Both stay on. */
  Leave = 'Leave',
  /** The stream is turned off if it was off before and is still the same; recovery stays on, it is somebody's backup. */
  Restore = 'Restore',
}

/** Type of a key attribute. */
export enum KeyType {
  Text = 'S',
  Numeric = 'N',
  Binary = 'B',
}

/** VPC endpoints, for subnets without a way to the internet. */
export enum Endpoints {
  /** None is needed: the subnets have a NAT gateway or the like. */
  None = 'None',
  /** Those that the task needs are created. */
  Create = 'Create',
  /** They are there; the one of DynamoDB Streams is looked up. */
  Existing = 'Existing',
}

/** Processor of the task. */
export enum CpuArchitecture {
  Arm64 = 'ARM64',
  X8664 = 'X86_64',
}

/** What a delete does to the row. */
export enum Deletes {
  Hard = 'hard',
  Soft = 'soft',
}

/** How an item becomes a row. */
export enum Columns {
  /** A typed column for each attribute. */
  Columns = 'columns',
  /** The key columns and one JSON document. */
  Document = 'document',
}

/** How the connection to PostgreSQL is protected; as libpq's `sslmode`. */
export enum PostgresTls {
  VerifyFull = 'verify-full',
  VerifyCa = 'verify-ca',
  Require = 'require',
  Disable = 'disable',
}

/** The least important kind of log line that is written. */
export enum LogLevel {
  Error = 'error',
  Warn = 'warn',
  Info = 'info',
  Debug = 'debug',
}

/** How the log is written. */
export enum LogFormat {
  Auto = 'auto',
  Human = 'human',
  Json = 'json',
}
