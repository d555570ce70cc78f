import { conformanceInAnyOrder } from './conformance';
import { duckdbFixture } from './duckdb-fixture';

conformanceInAnyOrder('duckdb', () => duckdbFixture(), 1);
