/** Spec files for a worker to run. */
export interface SpecTask {
  readonly paths: readonly string[];
  /** Runs only tests whose full titles match. */
  readonly grep?: string;
  /** Variables such as SEED. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The worker's result. */
export interface SpecResult {
  readonly passing: number;
  readonly failing: number;
  /** Full title and first line of the error of each failed test. */
  readonly failures: readonly string[];
  readonly pending: number;
  /** Tests of these files that only the full tier runs. */
  readonly leftToFull: number;
  /** Why tests were skipped. */
  readonly skipped: readonly string[];
  /** How often the tests reached something, by its name. */
  readonly figures: Readonly<Record<string, number>>;
  /** CPU time of the worker and of the processes that the task started and waited for. */
  readonly cpuMs: number;
}
