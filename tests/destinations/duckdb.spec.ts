import { conformance } from './conformance';
import { duckdbFixture } from './duckdb-fixture';

conformance('duckdb', () => duckdbFixture());
