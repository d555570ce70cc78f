import type { ContenderName } from './contenders/contenders';
import type { Measured } from './measured';
import type { Shape } from './shapes/shapes';

/** A contender on a shape, in every round that it has run in. */
export interface BulkResult {
  readonly contender: ContenderName;
  readonly shape: Shape;
  readonly rounds: readonly Measured[];
}

/** What could not be measured. */
export interface Missing {
  readonly contender: ContenderName;
  /** `undefined`: all of them. */
  readonly shape: Shape | undefined;
  readonly why: string;
}

/** Commits of one size into one table, one after the other. */
export interface ApplyRound {
  readonly changes: number;
  /** How long each commit took, from the records to its confirmation. */
  readonly commitMs: readonly number[];
}

export type Engine = 'duckdb' | 'postgres';

/** Changes applied in batches of one size to a table of one size. */
export interface StreamingResult {
  readonly engine: Engine;
  /** Of the table, at first. */
  readonly rows: number;
  readonly batch: number;
  readonly ours: readonly ApplyRound[];
  /** The same statements, sent again with nothing to be prepared. */
  readonly prepared: readonly ApplyRound[];
}

/** How long writes took to become visible in a destination. */
export interface LatencyResult {
  readonly engine: Engine;
  /** As asked for, and as the source managed. */
  readonly writesPerSecond: number;
  readonly writtenPerSecond: number;
  /** Keys whose newest change has been counted. */
  readonly counted: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the replicator's process. */
  readonly peakBytes: number;
}

/** What is written to the shards of a stream while it is followed. */
export const WRITES = ['none', 'one a second to each', 'to one shard'] as const;
export type Writes = (typeof WRITES)[number];

/** A stream of many shards, followed for a while. */
export interface ShardsResult {
  readonly open: number;
  /** With the closed ones that are still listed. */
  readonly known: number;
  readonly writes: Writes;
  /** Of one core: 1 is all of it. */
  readonly cpu: number;
  readonly readsPerSecond: number;
  /** Of the event loop. */
  readonly longestStallMs: number;
  readonly recordsPerSecond: number;
  /** From a write until its commit; `undefined` without writes. */
  readonly longestLagMs: number | undefined;
  readonly watermarkAgeMs: number;
  readonly peakBytes: number;
}

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** `undefined`: there was none, or it was not needed. */
  readonly postgres: { readonly version: string; readonly lz4: boolean } | undefined;
  /** Processes that wanted a core during the last minute, when the run began and when it ended. */
  readonly load: readonly [number, number];
}

/** Everything that a report is made of. */
export interface Results {
  readonly machine: Machine;
  /** `--quick`, or `undefined` for the full run. */
  readonly words: string;
  readonly rounds: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly bulk: readonly BulkResult[];
  readonly missing: readonly Missing[];
  readonly streaming: readonly StreamingResult[];
  readonly latency: readonly LatencyResult[];
  readonly shards: readonly ShardsResult[];
}
