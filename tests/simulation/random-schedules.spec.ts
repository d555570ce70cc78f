import { derivedRandom } from '../../simulator/random';
import { DuckDBStage } from './duckdb-stage';
import { KILLS_PER_STATEMENT, QUICK_SEEDS, schedules } from './random-schedules';
import { SocketsStage } from './sockets-stage';

describe('simulation/random schedules', () => {
  schedules('in memory', { seeds: 500, block: QUICK_SEEDS, quick: 1 }, () => undefined);
  schedules('over DuckDB files', { seeds: 5, block: 1, quick: 1 }, (seed) => {
    const random = derivedRandom(seed, 'duckdb');
    return new DuckDBStage(() => random.chance(KILLS_PER_STATEMENT));
  });
  schedules('over sockets', { seeds: 2, block: 1, quick: 1 }, () => new SocketsStage());
});
