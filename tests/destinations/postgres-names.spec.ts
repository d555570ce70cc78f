import { requirePostgres } from '../postgres-server';
import { conformanceOfNames } from './conformance';
import { postgresFixture } from './postgres-fixture';

describe('with a PostgreSQL server', () => {
  before(requirePostgres);
  conformanceOfNames('postgres', () => postgresFixture());
});
