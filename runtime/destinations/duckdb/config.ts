import { resolve } from 'node:path';

/** Settings of a DuckDB destination. */
export interface DuckDBSettings {
  /** Absolute path of the database file. */
  readonly path: string;
  /** What DuckDB may use for its buffers; not a limit of the process, which needs about 200 MB beside it. */
  readonly memoryLimitMB: number;
  readonly threads: number;
}

export interface DuckDBOptions {
  readonly memoryLimitMB?: number | undefined;
  readonly threads?: number | undefined;
}

/** For a task of 1 GiB; measured in docs/PERFORMANCE.md. About 300 columns can be loaded with it. */
const DEFAULT_MEMORY_LIMIT_MB = 256;
const LEAST_MEMORY_LIMIT_MB = 128;
const DEFAULT_THREADS = 2;

/** What of its memory DuckDB gets while files are loaded: more would only keep what is not read again. */
const LOAD_SHARE = 0.6;
const LEAST_LOAD_MB = 160;
/** Many columns need more: blocks of the row group being filled and of the one being written, for each of them. */
const LOAD_BASE_MB = 60;
const LOAD_MB_PER_COLUMN = 0.75;

/** What such a destination is, in a sentence. */
export const PHRASE = 'a DuckDB file';

const FILE_ENDING = /\.(duckdb|ddb|db)$/i;

/** Whether a `--to` value names a DuckDB file. */
export function isDuckDBLocation(to: string): boolean {
  return FILE_ENDING.test(to) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(to);
}

/** @throws RangeError with all that is wrong */
export function duckdbSettings(to: string, options: DuckDBOptions = {}): DuckDBSettings {
  const { memoryLimitMB = DEFAULT_MEMORY_LIMIT_MB, threads = DEFAULT_THREADS } = options;
  const wrong: string[] = [];
  if (!isDuckDBLocation(to)) wrong.push(`"${to}" does not end in .duckdb, .ddb or .db`);
  if (!Number.isInteger(memoryLimitMB) || memoryLimitMB < LEAST_MEMORY_LIMIT_MB) {
    wrong.push(`memoryLimitMB must be a whole number of at least ${LEAST_MEMORY_LIMIT_MB}`);
  }
  if (!Number.isInteger(threads) || threads < 1) wrong.push('threads must be a whole number of at least 1');
  if (wrong.length > 0) throw new RangeError(`DuckDB destination: ${wrong.join('; ')}.`);
  return { path: resolve(to), memoryLimitMB, threads };
}

/**
 * What DuckDB gets while files are loaded. One thread: its insertion is then a plain append; with more, what does not fill a
 * row group is copied, or leaves row groups half filled, and the other core has items to decode. And less memory.
 * @param columns how many the table of each open load has
 */
export function whileLoading(settings: DuckDBSettings, columns: readonly number[]): DuckDBSettings {
  const all = settings.memoryLimitMB;
  const needed = columns.reduce((sum, count) => sum + LOAD_BASE_MB + count * LOAD_MB_PER_COLUMN, 0);
  const memoryLimitMB = Math.min(all, Math.ceil(Math.max(all * LOAD_SHARE, LEAST_LOAD_MB, needed)));
  return { ...settings, threads: 1, memoryLimitMB };
}
