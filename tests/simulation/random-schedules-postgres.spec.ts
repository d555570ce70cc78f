import { derivedRandom } from '../../simulator/random';
import { requirePostgres } from '../postgres-server';
import { PostgresStage } from './postgres-stage';
import { KILLS_PER_STATEMENT, schedules } from './random-schedules';

describe('simulation/random schedules with a PostgreSQL server', () => {
  before(requirePostgres);
  schedules('over PostgreSQL', { seeds: 5, block: 1, quick: 1 }, (seed) => {
    return new PostgresStage(derivedRandom(seed, 'postgres'), KILLS_PER_STATEMENT);
  });
});
