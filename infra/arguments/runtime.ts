import type { Columns, Deletes, LogFormat, LogLevel } from './choices';

/** Loading exports. */
export interface LoadSettings {
  /**
   * Export files loaded at the same time, each on a connection of its own.
   * @default what the server has to spare, at most 4
   * @example 2
   */
  connections?: number;
  /**
   * Small export files share a transaction up to this uncompressed size, in bytes.
   * @default 134217728
   * @example 67108864
   */
  transactionBytes?: number;
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
   * Pause between reads of an idle shard, in ms; reads are billed.
   * @default 5000
   * @example 10000
   */
  maxMs?: number;
  /**
   * Requests for stream records under way at once, for all tables of the service together, at least 2.
   * @default 16 per core, at most 64
   * @example 48
   */
  concurrentReads?: number;
  /**
   * Time between complete listings of the shards, in ms, 5,000 to 30,000.
   * @default 20000
   * @example 15000
   */
  listShardsMs?: number;
  /**
   * Time between looks at an export that is under way, in ms.
   * @default 15000
   * @example 30000
   */
  exportMs?: number;
}

/** Timeouts. */
export interface TimeoutSettings {
  /**
   * For connecting to an AWS endpoint, in ms.
   * @default 5000
   * @example 10000
   */
  connectMs?: number;
  /**
   * For an AWS request until its answer begins, in ms.
   * @default 20000
   * @example 40000
   */
  requestMs?: number;
  /**
   * For silence on an open connection, in ms.
   * @default 30000
   * @example 60000
   */
  socketMs?: number;
  /**
   * For one AWS call with its first retries, in ms.
   * @default 120000
   * @example 300000
   */
  callMs?: number;
  /**
   * For committing what is in hand when the task is stopped, in ms; the task is killed after 120,000.
   * @default 100000
   * @example 60000
   */
  stopMs?: number;
}

/** Log and progress. */
export interface LogSettings {
  /**
   * How the log is written.
   * @default LogFormat.Json
   * @example LogFormat.Json
   */
  format?: LogFormat;
  /**
   * The least important kind of line that is written.
   * @default LogLevel.Info
   * @example LogLevel.Debug
   */
  level?: LogLevel;
  /**
   * Progress and stream batches are summed up in one line at most this often, in ms.
   * @default 30000
   * @example 60000
   */
  summaryMs?: number;
}

/** Settings of the replicator itself; docs/CONFIGURATION.md has them all. */
export interface RuntimeSettings {
  /**
   * What a delete does to the row.
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
   * Attributes that get a column of their own; the others go to the JSON column `__rest`.
   * @default 300
   * @example 100
   */
  maxColumns?: number;
  /**
   * Leave out `aws:rep:*`, which DynamoDB itself adds to items of older global tables.
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
   * Memory for stream records that are read and not applied yet, in bytes, for all tables of the service together. When it is
   * used up, readers wait for the destination.
   * @default 67108864
   * @example 134217728
   */
  queueBytes?: number;
  /**
   * Loading exports.
   * @default each of its settings has its own
   * @example { connections: 2 }
   */
  load?: LoadSettings;
  /**
   * Reading streams.
   * @default each of its settings has its own
   * @example { maxMs: 10000 }
   */
  poll?: PollSettings;
  /**
   * Timeouts.
   * @default each of its settings has its own
   * @example { callMs: 300000 }
   */
  timeouts?: TimeoutSettings;
  /**
   * Log and progress.
   * @default each of its settings has its own
   * @example { level: LogLevel.Debug }
   */
  log?: LogSettings;
}
