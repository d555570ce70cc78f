import type { Results } from '../results';
import { HEALS, HEALS_HEADING, healsTables } from './heals-table';
import { LATENCY, LATENCY_HEADING, latencyTable } from './latency-table';
import { measuredBy } from './measured-by';
import { SHARDS, SHARDS_HEADING, shardsTable } from './shards-table';
import { STREAMING, STREAMING_HEADING, streamingTables } from './streaming-table';

/** The section of one part of the benchmark. */
export interface Section {
  /** With `## `. */
  readonly heading: string;
  /** Includes the heading. */
  readonly text: string;
}

/** The section of each part that was measured, in the order of the document. */
export function partSections(results: Results): readonly Section[] {
  const { streaming, latency, shards, heals } = results;
  const section = (heading: string, about: string, tables: readonly string[]): Section => ({
    heading,
    text: [heading, about, measuredBy(results), ...tables].join('\n\n'),
  });
  return [
    ...(streaming.length === 0 ? [] : [section(STREAMING_HEADING, STREAMING, streamingTables(streaming))]),
    ...(latency.length === 0 ? [] : [section(LATENCY_HEADING, LATENCY, [latencyTable(latency)])]),
    ...(shards.length === 0 ? [] : [section(SHARDS_HEADING, SHARDS, [shardsTable(shards)])]),
    ...(heals.length === 0 ? [] : [section(HEALS_HEADING, HEALS, healsTables(heals))]),
  ];
}
