import { conformanceOnceLoaded } from './conformance';
import { duckdbFixture } from './duckdb-fixture';

conformanceOnceLoaded('duckdb', () => duckdbFixture());
