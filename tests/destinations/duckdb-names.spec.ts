import { conformanceOfNames } from './conformance';
import { duckdbFixture } from './duckdb-fixture';

conformanceOfNames('duckdb', () => duckdbFixture());
