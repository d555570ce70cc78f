import { databaseOf } from './contender';
import { loadInto } from './load';

/** Into the table without a key that a backfill loads, over as many connections as the server has to spare. */
export const postgresLoad = loadInto(databaseOf);
