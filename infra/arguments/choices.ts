/** The enumerations that arguments take their values from. */

/** Who turns on a table's stream and point-in-time recovery. */
export enum TableManagement {
  /** Others do. The table is checked; if something is off, deployment fails with the command that turns it on. */
  Verify = 'Verify',
  /** Others manage the table, and the component turns on what is off. Only for programs in TypeScript or JavaScript. */
  Enable = 'Enable',
  /** The table belongs to this program: it is passed as `table`, or created from `create`. */
  Managed = 'Managed',
}

/** What a stream record carries. Other view types lack the item as it is after the change. */
export enum StreamViewType {
  NewImage = 'NEW_IMAGE',
  NewAndOldImages = 'NEW_AND_OLD_IMAGES',
}

/** What `pulumi destroy` does to the stream and the point-in-time recovery that `Enable` turned on. */
export enum OnDestroy {
  /** Leaves both on. */
  Leave = 'Leave',
  /** Turns the stream off if it was off before and is still the same stream. Recovery stays on, as it may be somebody's backup. */
  Restore = 'Restore',
}

/** Type of a key attribute. */
export enum KeyType {
  Text = 'S',
  Numeric = 'N',
  Binary = 'B',
}

/** VPC endpoints, for subnets without a route to the internet. */
export enum Endpoints {
  /** None: the subnets have a route to the internet, such as a NAT gateway. */
  None = 'None',
  /** Creates all endpoints that the task needs. Refused if the VPC has one that AWS allows only once. */
  Create = 'Create',
  /** Uses the VPC's existing endpoints, and creates those that are missing. For a VPC that exists before the program runs. */
  CreateMissing = 'CreateMissing',
  /** Uses the VPC's existing endpoints. Refused if one is missing. */
  Existing = 'Existing',
}

/** CPU architecture of the task. */
export enum CpuArchitecture {
  Arm64 = 'ARM64',
  X8664 = 'X86_64',
}

/** What a delete in the source does to the row. */
export enum Deletes {
  /** Deletes the row. */
  Hard = 'hard',
  /** Keeps the row and sets its column `__deleted`. */
  Soft = 'soft',
}

/** How an item becomes a row. */
export enum Columns {
  /** Each attribute gets a typed column. */
  Columns = 'columns',
  /** The row has the key columns and one JSON document. */
  Document = 'document',
}

/** What happens when stream records of a table were lost. */
export enum OnGap {
  /**
   * Closes the gap from incremental exports, and reads keys of the table again, which the task role then may do. Waits if recovery
   * does not reach back, or if healing would cost more than `heal.maxUsd`.
   */
  Heal = 'heal',
  /** Requests a full export, at its full price, without asking. */
  Resync = 'resync',
  /** Waits for a `resync` by hand. */
  Wait = 'wait',
  /** Stops the table, and ends the task once no other table is left. ECS then starts another task, into the same gap. */
  Exit = 'exit',
}

/** TLS of the connection to PostgreSQL. The values mean the same as in libpq's `sslmode`. */
export enum PostgresTls {
  VerifyFull = 'verify-full',
  VerifyCa = 'verify-ca',
  Require = 'require',
  Disable = 'disable',
}

/** The lowest level that is logged. */
export enum LogLevel {
  Error = 'error',
  Warn = 'warn',
  Info = 'info',
  Debug = 'debug',
}

/** Format of the log. */
export enum LogFormat {
  Auto = 'auto',
  Human = 'human',
  Json = 'json',
}
