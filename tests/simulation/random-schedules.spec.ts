import { derivedRandom } from '../../simulator/random';
import { requirePostgres } from '../postgres-server';
import { DuckDBStage } from './duckdb-stage';
import { PostgresStage } from './postgres-stage';
import { runSchedule } from './random-schedule';
import { SocketsStage } from './sockets-stage';
import type { Stage } from './stage';

const FILE = 'tests/simulation/random-schedules.spec.ts';
const LONG = Boolean(process.env['LONG']);
/** Runs one seed alone, on the stages that `--grep` leaves. */
const SEED = process.env['SEED'];

const KILLS_PER_STATEMENT = 0.002;

describe('simulation/random schedules', () => {
  schedules('in memory', LONG ? 5_000 : 500, 100, () => undefined);
  schedules('over DuckDB files', LONG ? 200 : 10, 10, (seed) => {
    return new DuckDBStage(derivedRandom(seed, 'duckdb'), KILLS_PER_STATEMENT);
  });
  describe('with a PostgreSQL server', () => {
    before(requirePostgres);
    schedules('over PostgreSQL', LONG ? 200 : 10, 10, (seed) => {
      return new PostgresStage(derivedRandom(seed, 'postgres'), KILLS_PER_STATEMENT);
    });
  });
  schedules('over sockets', LONG ? 20 : 2, 10, () => new SocketsStage());
});

function schedules(
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
      const alone = `SEED=${seed} npx mocha ${FILE} --grep "${where}"`;
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
