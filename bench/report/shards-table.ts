import type { ShardsResult } from '../results';
import { markdownTable } from './markdown';
import { thousands } from './streaming-table';

export const SHARDS_HEADING = '## Streams of many shards';

export const SHARDS = `A stream of that many open shards, with six closed ones before each. Another process on the machine serves it over a socket,
10 ms per answer; one process follows it with the AWS SDK and default settings. A commit takes 10 ms and stands in for the
destination. No shard closes meanwhile, and listings are not limited to five calls a second, so that the measured half minute
has some. Writes: none, one a second to each shard, or 1,000 a second to one shard. CPU is a share of one core. "Read every" is
how often each idle shard is read without writes; all idle shards together are read at most 200 times a second. "Stall" is the
longest one of the event loop, in CPU time of its thread, so that other work on the machine does not count. "Lag" is the longest
time from a write to its commit. "W" is the age of the watermark at the end.`;

/** A row per number of shards and kind of writes. */
export function shardsTable(results: readonly ShardsResult[]): string {
  const rows = results.map((result) => [
    thousands(result.open),
    thousands(result.known),
    result.writes,
    percent(result.cpu),
    thousands(Math.round(result.readsPerSecond)),
    result.writes === 'none' ? (result.open / result.readsPerSecond).toFixed(1) : '–',
    result.longestStallMs.toFixed(0),
    thousands(Math.round(result.recordsPerSecond)),
    result.longestLagMs === undefined ? '–' : (result.longestLagMs / 1_000).toFixed(1),
    (result.watermarkAgeMs / 1_000).toFixed(0),
    String(Math.round(result.peakBytes / 1e6)),
  ]);
  const head = [
    'CPU',
    'reads/s',
    'read every, s',
    'stall, ms',
    'records/s',
    'lag, s',
    'W, s',
    'peak RSS, MB',
  ];
  return markdownTable(['open', 'listed', 'writes', ...head], rows);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
