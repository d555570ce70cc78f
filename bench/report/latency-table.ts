import type { LatencyResult } from '../results';
import { markdownTable } from './markdown';
import { ENGINES, thousands } from './streaming-table';

/** A row for each destination and rate of writes. */
export function latencyTable(results: readonly LatencyResult[]): string {
  const rows = results.map((result) => [
    ENGINES[result.engine],
    thousands(result.writesPerSecond),
    thousands(Math.round(result.writtenPerSecond)),
    String(Math.round(result.p50Ms)),
    String(Math.round(result.p99Ms)),
    thousands(result.counted),
    String(Math.round(result.peakBytes / 1e6)),
  ]);
  const head = ['writes/s wanted', 'written/s', 'p50, ms', 'p99, ms', 'counted', 'peak RSS, MB'];
  return markdownTable(['into', ...head], rows);
}
