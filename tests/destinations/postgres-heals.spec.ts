import { requirePostgres } from '../postgres-server';
import { conformanceOfHeals } from './conformance';
import { postgresFixture } from './postgres-fixture';

describe('with a PostgreSQL server', () => {
  before(requirePostgres);
  conformanceOfHeals('postgres', () => postgresFixture());
});
