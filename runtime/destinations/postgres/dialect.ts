import type { Dialect } from '../../item/dialect';
import { OWN_COLUMNS as SHARED_COLUMNS } from '../relational/columns';
import { HALF_PAIR, HALF_PAIR_ESCAPED, halfPairReason, withEscape } from '../relational/half-pairs';

/** The replicator's own columns, in any table of a pipeline. */
export const OWN_COLUMNS = { ...SHARED_COLUMNS, digest: '__digest' } as const;

/** Columns that every table has. Source: PostgreSQL manual, "System Columns". */
const SYSTEM_COLUMNS = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'];

const ESCAPED_UNHOLDABLE = withEscape('0000', HALF_PAIR_ESCAPED);

const NUL = 'it contains the character U+0000, which PostgreSQL text cannot hold';
const HALF_OF_A_PAIR = halfPairReason('PostgreSQL');

export const postgresDialect: Dialect = {
  identifiers: {
    caseSensitive: true,
    maxBytes: 63,
    reserved: [...Object.values(OWN_COLUMNS), ...SYSTEM_COLUMNS],
  },
  unrepresentable(cell, kind) {
    if (cell.includes('\0')) return NUL;
    if (HALF_PAIR.test(cell)) return HALF_OF_A_PAIR;
    const escaped = kind === 'json' ? ESCAPED_UNHOLDABLE.exec(cell) : null;
    if (escaped === null) return undefined;
    return escaped[0].endsWith('0000') ? NUL : HALF_OF_A_PAIR;
  },
};
