import type { Measured } from '../../bench/measured';
import type { Results } from '../../bench/results';

/** A round of `seconds` over 100 MB. */
export function round(seconds: number, more: Partial<Measured> = {}): Measured {
  return { seconds, cpuSeconds: seconds / 2, peakBytes: 90e6, items: 200_000, bytes: 100e6, ...more };
}

export const EMPTY: Results = {
  machine: {
    cores: 2,
    processor: 'A processor',
    memoryBytes: 8 * 2 ** 30,
    system: 'Linux 6',
    node: 'v20.20.2',
    postgres: { version: '15.18', lz4: true },
    load: [0.5, 2],
  },
  words: '--quick',
  date: '2026-11-30',
  commit: 'abc1234',
  rounds: 3,
  megabytes: 100,
  seconds: 240,
  bulk: [],
  missing: [],
  streaming: [],
  latency: [],
  shards: [],
  heals: [],
};
