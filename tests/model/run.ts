import { Broken } from './destination';
import { GappyLife } from './gappy-life';
import { Life } from './life';
import type { Tally } from './replicator';
import { RULES, type Rules } from './rules';
import { DAY, HOUR } from './times';

export interface Outcome {
  /** Which promise was broken, if any. */
  readonly broken: string | undefined;
  readonly tally: Tally;
}

/**
 * A life of a table and of its replicator, drawn from one seed: crashes, zombies, stalls, splits, listings whose pages are
 * of different times and lack hidden shards, shards that leave at any time. In the end all is calm, and the replica must
 * equal the table.
 */
export function run(seed: number, weakened: Partial<Rules> = {}, heals = false): Outcome {
  const tally: Tally = {
    goneBeforeS0: 0,
    readAgain: 0,
    disproved: 0,
    published: 0,
    resyncs: 0,
    plannedResyncs: 0,
    healed: 0,
    gapsInHeal: 0,
    reread: 0,
    rereadAbsent: 0,
    unsettled: 0,
    gaps: new Map(),
  };
  try {
    const rules = { ...RULES, ...weakened };
    const habits = { heals, longestWindowMs: [DAY, 8 * HOUR][seed % 2]! };
    new (heals ? GappyLife : Life)(seed, rules, tally, habits).live();
    return { broken: undefined, tally };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { broken: error.message, tally };
  }
}
