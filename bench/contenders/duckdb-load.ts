import { join } from 'node:path';
import { loadInto } from './load';

/** Into a file, with the settings' defaults; its end is a checkpoint. */
export const duckdbLoad = loadInto(({ folder }) => join(folder, 'ours.duckdb'));
