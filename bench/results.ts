import type { ContenderName } from './contenders/contenders';
import type { Measured } from './measured';
import type { Shape } from './shapes/shapes';

/** A contender on a shape, with all its rounds. */
export interface BulkResult {
  readonly contender: ContenderName;
  readonly shape: Shape;
  readonly rounds: readonly Measured[];
}

/** A contender that was not measured. */
export interface Missing {
  readonly contender: ContenderName;
  /** `undefined`: all shapes. */
  readonly shape: Shape | undefined;
  readonly why: string;
}

/** Consecutive commits of one batch size into one table. */
export interface ApplyRound {
  readonly changes: number;
  /** Duration of each commit, from the records to its confirmation. */
  readonly commitMs: readonly number[];
}

export type Engine = 'duckdb' | 'postgres';

/** Changes applied in batches of one size to a table of one size. */
export interface StreamingResult {
  readonly engine: Engine;
  /** Rows of the table at the start. */
  readonly rows: number;
  readonly batch: number;
  readonly ours: readonly ApplyRound[];
  /** The same kind of commits, with all statements prepared beforehand. */
  readonly prepared: readonly ApplyRound[];
  /** While a resync keeps every change a second time. */
  readonly resync: readonly ApplyRound[];
}

/** How long writes took to become visible in a destination. */
export interface LatencyResult {
  readonly engine: Engine;
  /** The requested rate; `writtenPerSecond` is what the source achieved. */
  readonly writesPerSecond: number;
  readonly writtenPerSecond: number;
  /** Number of keys whose newest change was measured. */
  readonly counted: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the replicator's process. */
  readonly peakBytes: number;
}

/** Writes to the shards of a stream while it is followed. */
export const WRITES = ['none', 'one a second to each', 'to one shard'] as const;
export type Writes = (typeof WRITES)[number];

/** A stream of many shards, followed for a while. */
export interface ShardsResult {
  readonly open: number;
  /** Including closed shards that are still listed. */
  readonly known: number;
  readonly writes: Writes;
  /** CPU time as a share of one core; may exceed 1. */
  readonly cpu: number;
  readonly readsPerSecond: number;
  /** Of the event loop. */
  readonly longestStallMs: number;
  readonly recordsPerSecond: number;
  /** From a write to its commit; `undefined` without writes. */
  readonly longestLagMs: number | undefined;
  readonly watermarkAgeMs: number;
  readonly peakBytes: number;
}

/** What it took to close a gap of 30 hours. Times are ms of the replicator's work, without waiting for AWS. */
export interface HealMeasures {
  /** Number of exports, and what AWS bills for them. */
  readonly exports: number;
  readonly billedBytes: number;
  /** From the bucket. */
  readonly downloadedBytes: number;
  /** In the exports: items of the table, or lines of changes. */
  readonly items: number;
  readonly rereadKeys: number;
  /** Keys read again that did not exist. */
  readonly deletedKeys: number;
  /** Of the table. */
  readonly readUnits: number;
  /** Rows of the visible table that the publish wrote or deleted. */
  readonly written: number;
  readonly loadMs: number;
  readonly findMs: number;
  readonly rereadMs: number;
  readonly publishMs: number;
  /** CPU time of the replicator's process in these times, DuckDB's included and PostgreSQL's not. */
  readonly cpuMs: number;
  /** Of the replicator's process. */
  readonly peakBytes: number;
  readonly priceUsd: number;
}

/** A gap that was closed by exports of its changes, or by loading the whole table. */
export interface HealResult extends HealMeasures {
  readonly engine: Engine;
  readonly way: 'heal' | 'resync';
  /** Of the table. */
  readonly rows: number;
  /** Keys that changed in the gap. */
  readonly changed: number;
}

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** `undefined`: no server was found or needed. */
  readonly postgres: { readonly version: string; readonly lz4: boolean } | undefined;
  /** One-minute load average at the start and at the end of the run. */
  readonly load: readonly [number, number];
}

/** All content of a report. */
export interface Results {
  readonly machine: Machine;
  /** The command's flags, such as `--quick`; empty for the full run. */
  readonly words: string;
  /** Of the run's start, as `2026-11-30`. */
  readonly date: string;
  /** Short hash of the code, with ` with changes` after it if the checkout had any; `unknown` outside one. */
  readonly commit: string;
  readonly rounds: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly bulk: readonly BulkResult[];
  readonly missing: readonly Missing[];
  readonly streaming: readonly StreamingResult[];
  readonly latency: readonly LatencyResult[];
  readonly shards: readonly ShardsResult[];
  readonly heals: readonly HealResult[];
}
