/**
 * How every name of ours in SQL begins that stands beside names of users: aliases, derived columns, temporary tables, and
 * tables in their schemas. No column, table or schema of theirs begins so, in any case.
 */
export const RESERVED_PREFIX = '__r_';

/** Whether a name, in any case, has the form that is kept for names of ours. */
export function isReservedName(name: string): boolean {
  return name.slice(0, RESERVED_PREFIX.length).toLowerCase() === RESERVED_PREFIX;
}
