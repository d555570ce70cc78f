import { onlySeed } from '../seeds';
import { HEALED, reached } from '../tiers/figures';
import { progress } from '../tiers/progress';
import { full } from '../tiers/tier';
import { runSchedule } from './random-schedule';
import type { Stage } from './stage';

const FILES = "'tests/simulation/random-schedules*.spec.ts'";

/** Probability that a process is killed before a statement of its database. */
export const KILLS_PER_STATEMENT = 0.002;

/** Number of seeds in memory in `npm test`. */
export const QUICK_SEEDS = 50;

/** The number of seeds of a stage, in tests of `block` seeds each; `npm test` runs the first `quick` tests. */
export interface Amount {
  readonly seeds: number;
  readonly block: number;
  readonly quick: number;
}

/** Tests that run seeds, each on its own stage, or only the one that SEED names. */
export function schedules(
  where: string,
  { seeds, block, quick }: Amount,
  stage: (seed: number) => Stage | undefined,
): void {
  const run = async (seed: number) => {
    try {
      const { heals } = await runSchedule(seed, stage(seed));
      if (heals > 0) reached(HEALED);
      progress();
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      const alone = `SEED=${seed} npx mocha ${FILES} --grep "${where}"`;
      throw new Error(`seed ${seed} ${where}: ${what}\nAlone: ${alone}`, { cause: error });
    }
  };
  const only = onlySeed();
  if (only !== undefined) {
    it(`${where}: seed ${only} ends equal`, () => run(only));
    return;
  }
  for (let first = 1; first <= seeds; first += block) {
    const last = Math.min(first + block - 1, seeds);
    const test = first > quick * block ? full : { it };
    test.it(
      `A1, S1, S2, S6, C1, C2, C3, W1, P1, P2, G1, G2, G3, G4: ${where}: seeds ${first} to ${last} end equal`,
      async () => {
        for (let seed = first; seed <= last; seed++) await run(seed);
      },
    );
  }
}
