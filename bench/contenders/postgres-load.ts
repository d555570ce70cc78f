import { databaseOf } from './contender';
import { loadInto } from './load';

/** Our load into a table without a key, as in a backfill, over as many connections as the server has available. */
export const postgresLoad = loadInto(databaseOf);
