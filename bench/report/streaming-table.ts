import type { ApplyRound, Engine, StreamingResult } from '../results';
import { figure, percentile, ratio } from '../statistics';
import { markdownTable } from './markdown';

export const STREAMING_HEADING = '## Following the stream';

export const STREAMING = `Changes to a published table of 8 columns, about 170 bytes a row: 80 % rewrite a row, 10 % add one and 10 % delete one,
anywhere in the table; no key comes twice in a batch. The time is from the stream's records to the confirmed commit of rows and
checkpoint. "Of prepared" compares the rate with batches whose statements and parameters (for DuckDB: row files) were prepared
beforehand: it is the share of the time that the database takes. "In a resync" is the rate while a resync keeps every change a second
time (rule P3), as a factor.`;

export const ENGINES: Readonly<Record<Engine, string>> = { duckdb: 'DuckDB', postgres: 'PostgreSQL' };

/** A table per destination. */
export function streamingTables(results: readonly StreamingResult[]): readonly string[] {
  return [streamingTable(results, 'duckdb'), streamingTable(results, 'postgres')].filter(
    (table) => table !== '',
  );
}

/** A row per table size and batch size. */
function streamingTable(results: readonly StreamingResult[], engine: Engine): string {
  const rows = results
    .filter((result) => result.engine === engine)
    .map(({ rows: size, batch, ours, prepared, resync }) => {
      const rates = ours.map(changesPerSecond);
      const commits = ours.flatMap(({ commitMs }) => commitMs);
      const share = ratio(rates, prepared.map(changesPerSecond));
      return [
        thousands(size),
        thousands(batch),
        thousands(Math.round(figure(rates).median)),
        percentile(commits, 0.5).toFixed(1),
        percentile(commits, 0.99).toFixed(1),
        share === undefined ? '–' : `${Math.round(share.median * 100)} %`,
        ratio(resync.map(changesPerSecond), rates)?.median.toFixed(2) ?? '–',
        String(commits.length),
        `±${Math.round(figure(rates).noise * 100)} %`,
      ];
    });
  const head = ['batch', 'changes/s', 'p50, ms', 'p99, ms', 'of prepared', 'in a resync', 'commits', 'noise'];
  return rows.length === 0 ? '' : markdownTable([`${ENGINES[engine]}, rows`, ...head], rows, 0);
}

export function changesPerSecond({ changes, commitMs }: ApplyRound): number {
  return (changes * 1_000) / commitMs.reduce((sum, ms) => sum + ms, 0);
}

export function thousands(value: number): string {
  return value.toLocaleString('en-US');
}
