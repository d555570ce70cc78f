import { requirePostgres } from '../postgres-server';
import { conformanceOnceLoaded } from './conformance';
import { postgresFixture } from './postgres-fixture';

describe('with a PostgreSQL server', () => {
  before(requirePostgres);
  conformanceOnceLoaded('postgres', () => postgresFixture());
});
