/** Sizes and durations of each part. */
export interface Sizes {
  /** Size of each shape, uncompressed. */
  readonly megabytes: number;
  /** Numbers of rows of the tables that changes are applied to. */
  readonly tableRows: readonly number[];
  readonly batchSizes: readonly number[];
  /** How long changes are applied, per round, batch size and table size. */
  readonly applyMs: number;
  readonly writesPerSecond: readonly number[];
  /** How long the latency of writes is measured, per rate and destination. */
  readonly latencyMs: number;
  readonly openShards: readonly number[];
  /** How long each stream of many shards is followed. */
  readonly shardsMs: number;
  readonly healTables: readonly HealTable[];
}

/** A table with gaps of 30 hours. */
export interface HealTable {
  readonly rows: number;
  /** Keys that change in each gap that is healed: at most three, as more heals in a row are refused. */
  readonly changes: readonly number[];
  /** Keys that change in a gap after these, which is closed by loading the whole table. `undefined`: there is none. */
  readonly resynced: number | undefined;
}

const ALWAYS = { batchSizes: [1, 10, 100, 1_000, 10_000], writesPerSecond: [10, 1_000, 10_000] };

export const FULL: Sizes = {
  ...ALWAYS,
  megabytes: 160,
  tableRows: [300_000, 3_000_000, 10_000_000],
  applyMs: 1_000,
  latencyMs: 10_000,
  openShards: [10, 100, 1_000, 4_000, 10_000],
  shardsMs: 30_000,
  healTables: [
    { rows: 1_000_000, changes: [1_000, 10_000, 100_000], resynced: 10_000 },
    { rows: 100_000, changes: [10_000], resynced: undefined },
  ],
};

export const QUICK: Sizes = {
  ...ALWAYS,
  megabytes: 24,
  tableRows: [300_000],
  applyMs: 300,
  latencyMs: 5_000,
  openShards: [100, 1_000],
  shardsMs: 5_000,
  healTables: [{ rows: 200_000, changes: [1_000, 10_000], resynced: 10_000 }],
};
