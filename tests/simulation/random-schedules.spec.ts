import { derivedRandom } from '../../simulator/random';
import { DuckDBStage } from './duckdb-stage';
import { KILLS_PER_STATEMENT, schedules } from './random-schedules';
import { SocketsStage } from './sockets-stage';

const LONG = Boolean(process.env['LONG']);

describe('simulation/random schedules', () => {
  schedules('in memory', LONG ? 5_000 : 500, 100, () => undefined);
  schedules('over DuckDB files', LONG ? 200 : 5, 5, (seed) => {
    return new DuckDBStage(derivedRandom(seed, 'duckdb'), KILLS_PER_STATEMENT);
  });
  schedules('over sockets', LONG ? 20 : 2, 10, () => new SocketsStage());
});
