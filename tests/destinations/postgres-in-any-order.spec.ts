import { requirePostgres } from '../postgres-server';
import { conformanceInAnyOrder } from './conformance';
import { postgresFixture } from './postgres-fixture';

describe('with a PostgreSQL server', () => {
  before(requirePostgres);
  conformanceInAnyOrder('postgres', () => postgresFixture(), 1);
});
