import { join } from 'node:path';
import { loadInto } from './load';

/** Our load into a DuckDB file, with default settings, up to the final checkpoint. */
export const duckdbLoad = loadInto(({ folder }) => join(folder, 'ours.duckdb'));
