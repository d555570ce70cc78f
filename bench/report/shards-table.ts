import type { ShardsResult } from '../results';
import { markdownTable } from './markdown';
import { thousands } from './streaming-table';

export const SHARDS_HEADING = '## Streams of many shards';

export const SHARDS = `A stream of so many open shards and six closed ones before each, served over a socket by another process of the machine with 10 ms an
answer, and followed with the AWS SDK and the settings' defaults; a commit takes 10 ms, the destination is left out. No shard
closes meanwhile, and listings are not held to five calls a second, so that the half minute that is measured has some of them. Writes: none; one
a second to each shard; or 1,000 a second to one of them. CPU is of one core. "Each every" is how often an idle shard is read
(without writes; all idle ones together at most 200 times a second). The longest stall of the event loop is in CPU time of
its thread, so that other work on the machine is left out; the longest lag from a write until its commit, the age of W as at the end.`;

/** A row for each number of shards and kind of writes. */
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
    'each every, s',
    'stall, ms',
    'records/s',
    'lag, s',
    'W, s',
    'peak RSS, MB',
  ];
  return markdownTable(['open', 'listed', 'writes', ...head], rows);
}

/** A document in which one section is another one; at its end when there was none. */
export function replaceSection(document: string, heading: string, section: string): string {
  const start = document.indexOf(`${heading}\n`);
  if (start < 0) return `${document.trimEnd()}\n\n${section}\n`;
  const next = document.indexOf('\n## ', start + heading.length);
  const rest = next < 0 ? '' : document.slice(next + 1);
  return `${document.slice(0, start)}${section}\n${rest === '' ? '' : `\n${rest}`}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
