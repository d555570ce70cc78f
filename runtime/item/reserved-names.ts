/**
 * The prefix of the replicator's own names in SQL wherever users' names occur too: aliases, derived columns, temporary tables,
 * and tables in users' schemas. No user's column, table or schema begins with it, in upper or lower case.
 */
export const RESERVED_PREFIX = '__r_';

/** Whether a name begins with the reserved prefix, in upper or lower case. */
export function isReservedName(name: string): boolean {
  return name.slice(0, RESERVED_PREFIX.length).toLowerCase() === RESERVED_PREFIX;
}
