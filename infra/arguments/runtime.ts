import type { Columns, Deletes, LogFormat, LogLevel, OnGap } from './choices';

/** Loading exports. */
export interface LoadSettings {
  /**
   * Number of export files loaded at the same time, each on its own connection.
   * @default one per core, at least 2 and at most 4, and no more than the server has free
   * @example 2
   */
  connections?: number;
  /**
   * Uncompressed size in bytes up to which small export files share a transaction.
   * @default 134217728
   * @example 67108864
   */
  transactionBytes?: number;
}

/** Verifying tables on a schedule. */
export interface VerifySettings {
  /**
   * Time between two verifies of each table: days, hours or minutes, at least an hour. Each pays for an export of the whole
   * table, without asking.
   * @default none: tables are verified only by the command
   * @example '7d'
   */
  every?: string;
  /**
   * Share of each export's files that a verify loads and compares, above 0 and up to 1. The export costs the same. A sample
   * does not find rows that only the destination has.
   * @default 1
   * @example 0.1
   */
  sample?: number;
}

/** Reading streams. */
export interface PollSettings {
  /**
   * Pause between reads of a shard that has records, in ms.
   * @default 250
   * @example 500
   */
  minMs?: number;
  /**
   * Pause between reads of an idle shard, in ms. Reads are billed.
   * @default 5000
   * @example 10000
   */
  maxMs?: number;
  /**
   * Maximum number of concurrent requests for stream records, for all tables of the service together; at least 2.
   * @default 16 per core, at most 64
   * @example 48
   */
  concurrentReads?: number;
  /**
   * Interval between complete listings of the shards, in ms; 5,000 to 30,000.
   * @default 20000
   * @example 15000
   */
  listShardsMs?: number;
  /**
   * Interval between checks of a running export, in ms.
   * @default 15000
   * @example 30000
   */
  exportMs?: number;
}

/** Limits of healing gaps; only with `OnGap.Heal`. */
export interface HealSettings {
  /**
   * The most that closing one gap of a table may cost, in US dollars by the estimate made beforehand. Above it, the replicator waits.
   * @default 50
   * @example 20
   */
  maxUsd?: number;
  /**
   * The most read units per second used for reading keys of the table again; 1 to 40,000.
   * @default 100
   * @example 500
   */
  readUnitsPerSecond?: number;
}

/** Timeouts. */
export interface TimeoutSettings {
  /**
   * Timeout for connecting to an AWS endpoint, in ms.
   * @default 5000
   * @example 10000
   */
  connectMs?: number;
  /**
   * Timeout from sending an AWS request until its response begins, in ms.
   * @default 20000
   * @example 40000
   */
  requestMs?: number;
  /**
   * Timeout for an open connection on which nothing arrives, in ms.
   * @default 30000
   * @example 60000
   */
  socketMs?: number;
  /**
   * Timeout for one AWS call including its first retries, in ms.
   * @default 120000
   * @example 300000
   */
  callMs?: number;
  /**
   * Time for committing what is already read when the task is stopped, in ms. ECS kills the task after 120,000 ms.
   * @default 100000
   * @example 60000
   */
  stopMs?: number;
}

/** Log and progress. */
export interface LogSettings {
  /**
   * Format of the log.
   * @default LogFormat.Json
   * @example LogFormat.Json
   */
  format?: LogFormat;
  /**
   * The lowest level that is logged.
   * @default LogLevel.Info
   * @example LogLevel.Debug
   */
  level?: LogLevel;
  /**
   * Minimum interval between the lines that sum up progress and stream batches, in ms.
   * @default 30000
   * @example 60000
   */
  summaryMs?: number;
}

/** Settings of the replicator itself. docs/CONFIGURATION.md lists them all. */
export interface RuntimeSettings {
  /**
   * What a delete in the source does to the row.
   * @default Deletes.Hard
   * @example Deletes.Soft
   */
  deletes?: Deletes;
  /**
   * How an item becomes a row.
   * @default Columns.Columns
   * @example Columns.Document
   */
  columns?: Columns;
  /**
   * Maximum number of attributes with their own column; further ones go to the JSON column `__rest`.
   * @default 300
   * @example 100
   */
  maxColumns?: number;
  /**
   * Whether to leave out the attributes `aws:rep:*`, which DynamoDB adds to the items of older global tables.
   * @default true
   * @example false
   */
  dropReplicationAttributes?: boolean;
  /**
   * Schema of the destination tables.
   * @default the destination's own
   * @example 'raw'
   */
  destinationSchema?: string;
  /**
   * Memory in bytes for stream records that are read but not yet applied, for all tables of the service together. When it is
   * full, reading waits for the destination.
   * @default 67108864
   * @example 134217728
   */
  queueBytes?: number;
  /**
   * What happens when stream records of a table were lost. With `OnGap.Heal`, the task role may read the key attributes of the tables.
   * @default OnGap.Heal
   * @example OnGap.Wait
   */
  onGap?: OnGap;
  /**
   * Limits of healing gaps.
   * @default each setting has its own default
   * @example { maxUsd: 20 }
   */
  heal?: HealSettings;
  /**
   * Loading exports.
   * @default each setting has its own default
   * @example { connections: 2 }
   */
  load?: LoadSettings;
  /**
   * Verifying tables on a schedule.
   * @default none
   * @example { every: '7d' }
   */
  verify?: VerifySettings;
  /**
   * Reading streams.
   * @default each setting has its own default
   * @example { maxMs: 10000 }
   */
  poll?: PollSettings;
  /**
   * Timeouts.
   * @default each setting has its own default
   * @example { callMs: 300000 }
   */
  timeouts?: TimeoutSettings;
  /**
   * Log and progress.
   * @default each setting has its own default
   * @example { level: LogLevel.Debug }
   */
  log?: LogSettings;
}
