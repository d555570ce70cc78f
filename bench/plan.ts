/** How much of each part is done. */
export interface Sizes {
  /** Of each shape, uncompressed. */
  readonly megabytes: number;
  /** Rows of the tables that changes go into. */
  readonly tableRows: readonly number[];
  readonly batchSizes: readonly number[];
  /** How long changes are applied, each round of each size of batches and tables. */
  readonly applyMs: number;
  readonly writesPerSecond: readonly number[];
  /** How long the latency of writes is measured, each rate and destination. */
  readonly latencyMs: number;
  readonly openShards: readonly number[];
  /** How long a stream of so many shards is followed. */
  readonly shardsMs: number;
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
};

export const QUICK: Sizes = {
  ...ALWAYS,
  megabytes: 24,
  tableRows: [300_000],
  applyMs: 300,
  latencyMs: 5_000,
  openShards: [100, 1_000],
  shardsMs: 5_000,
};
