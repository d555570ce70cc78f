import { runSchedule } from './random-schedule';
import type { Stage } from './stage';

const FILES = "'tests/simulation/random-schedules*.spec.ts'";
/** Runs one seed alone, on the stages that `--grep` leaves. */
const SEED = process.env['SEED'];

/** That a process is killed before a statement of its database. */
export const KILLS_PER_STATEMENT = 0.002;

/** Tests that run so many seeds on a stage of each seed's own, or the one that SEED names. */
export function schedules(
  where: string,
  count: number,
  block: number,
  stage: (seed: number) => Stage | undefined,
): void {
  const run = async (seed: number) => {
    try {
      return await runSchedule(seed, stage(seed));
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      const alone = `SEED=${seed} npx mocha ${FILES} --grep "${where}"`;
      throw new Error(`seed ${seed} ${where}: ${what}\nAlone: ${alone}`, { cause: error });
    }
  };
  if (SEED !== undefined) {
    it(`${where}: seed ${SEED} ends equal`, async function () {
      this.timeout(0);
      console.log(await run(Number(SEED)));
    });
    return;
  }
  for (let first = 1; first <= count; first += block) {
    const last = Math.min(first + block - 1, count);
    it(`A1, S1, S2, S6, C1, C2, C3, W1, P1, P2, G1, G2: ${where}: seeds ${first} to ${last} end equal`, async function () {
      this.timeout(0);
      for (let seed = first; seed <= last; seed++) await run(seed);
    });
  }
}
