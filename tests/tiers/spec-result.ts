/** What a worker is to run. */
export interface SpecTask {
  readonly paths: readonly string[];
  /** Of their tests, those whose full titles match. */
  readonly grep?: string;
  /** Such as SEED. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What it says of it. */
export interface SpecResult {
  readonly passing: number;
  readonly failing: number;
  /** Of each test that failed, its full title and the first line of why. */
  readonly failures: readonly string[];
  readonly pending: number;
  /** Tests of the files that only the full tier has. */
  readonly leftToFull: number;
  /** Why tests were skipped. */
  readonly skipped: readonly string[];
  /** Of the worker and the processes that the task has started and waited for. */
  readonly cpuMs: number;
}
