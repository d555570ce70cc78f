import { conformanceOfHeals } from './conformance';
import { duckdbFixture } from './duckdb-fixture';

conformanceOfHeals('duckdb', () => duckdbFixture());
