import { resolve } from 'node:path';
import { z } from 'zod';
import { bytes, MiB, wholeNumber } from '../../setting-values';

/** Settings of a DuckDB destination. */
export interface DuckDBSettings {
  /** Absolute path of the database file. */
  readonly path: string;
  /** What DuckDB may use for its buffers; not a limit of the process, which needs about 200 MB beside it. */
  readonly memoryLimitMB: number;
  readonly threads: number;
}

/** What the settings say of DuckDB, beside `--to`. The defaults are for a task of 1 GiB (docs/PERFORMANCE.md): about 300 columns can be loaded. */
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

/** Settings of the file that `--to` names; the default is in place of an option that is left out. */
export function duckdbSettings(to: string, options: DuckDBOptions = {}): DuckDBSettings {
  const { memoryLimitBytes, threads } = duckdbGroup.parse(options);
  return { path: resolve(to), memoryLimitMB: Math.floor(memoryLimitBytes / 1e6), threads };
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
