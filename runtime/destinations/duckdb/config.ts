import { resolve } from 'node:path';
import { z } from 'zod';
import { bytes, MiB, wholeNumber } from '../../setting-values';

/** Settings of a DuckDB destination. */
export interface DuckDBSettings {
  /** Absolute path of the database file. */
  readonly path: string;
  /** Memory for the buffers of DuckDB, MB. Not a limit for the process, which needs about 200 MB more. */
  readonly memoryLimitMB: number;
  readonly threads: number;
}

/**
 * The settings of DuckDB, besides `--to`. The defaults are for a task of 1 GiB (docs/PERFORMANCE.md), and are enough
 * to load about 300 columns.
 */
export const duckdbGroup = z.strictObject({
  memoryLimitBytes: bytes(128 * MiB)
    .default(256 * MiB)
    .meta({
      description: 'Memory DuckDB may use before it spills to disk beside the file.',
      example: '1GiB',
    }),
  threads: wholeNumber(1, 256).default(2).meta({ description: 'Threads DuckDB may use.', example: '4' }),
});
export type DuckDBOptions = Partial<z.output<typeof duckdbGroup>>;

/** The share of its memory that DuckDB gets while files are loaded. More would only keep what is not read again. */
const LOAD_SHARE = 0.6;
const LEAST_LOAD_MB = 160;
/** Many columns need more: for each of them, blocks of the row group being filled and of the one being written. */
const LOAD_BASE_MB = 60;
const LOAD_MB_PER_COLUMN = 0.75;

/** The destination within a sentence. */
export const PHRASE = 'a DuckDB file';

const FILE_ENDING = /\.(duckdb|ddb|db)$/i;

/** Whether a `--to` value names a DuckDB file. */
export function isDuckDBLocation(to: string): boolean {
  return FILE_ENDING.test(to) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(to);
}

/** The settings of the file that `--to` names. Omitted options get their defaults. */
export function duckdbSettings(to: string, options: DuckDBOptions = {}): DuckDBSettings {
  const { memoryLimitBytes, threads } = duckdbGroup.parse(options);
  return { path: resolve(to), memoryLimitMB: Math.floor(memoryLimitBytes / 1e6), threads };
}

/**
 * The settings for DuckDB while files are loaded. One thread: its insertion is then a plain append, and the other
 * core is free to decode items. With more threads, rows that do not fill a row group are copied, or leave row groups
 * half filled. And less memory.
 * @param columns the number of columns of the table of each open load
 */
export function whileLoading(settings: DuckDBSettings, columns: readonly number[]): DuckDBSettings {
  const all = settings.memoryLimitMB;
  const needed = columns.reduce((sum, count) => sum + LOAD_BASE_MB + count * LOAD_MB_PER_COLUMN, 0);
  const memoryLimitMB = Math.min(all, Math.ceil(Math.max(all * LOAD_SHARE, LEAST_LOAD_MB, needed)));
  return { ...settings, threads: 1, memoryLimitMB };
}
