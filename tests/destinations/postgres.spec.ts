import { requirePostgres } from '../postgres-server';
import { conformance } from './conformance';
import { postgresFixture } from './postgres-fixture';

describe('with a PostgreSQL server', () => {
  before(requirePostgres);
  conformance('postgres', () => postgresFixture());
});
