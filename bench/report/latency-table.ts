import type { LatencyResult } from '../results';
import { markdownTable } from './markdown';
import { ENGINES, thousands } from './streaming-table';

export const LATENCY_HEADING = '## From a write to a visible row';

export const LATENCY = `An application writes to the simulator, in another process on the same machine. The replicator reads its stream with the AWS SDK
over a socket, with default settings. A write is visible when its commit is confirmed. The first 6 s do not count: code is
compiled, and the pause of an idle shard ends. A busy shard is read every 250 ms, so the median is at least half of that. The
pause of an idle shard grows up to 5 s, since AWS charges for every read (settings \`poll.minMs\` and \`poll.maxMs\`): the
first write after an idle time waits until it ends.`;

/** A row per destination and write rate. */
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
