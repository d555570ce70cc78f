import type { Dialect } from '../../item/dialect';
import { OWN_COLUMNS } from '../relational/columns';
import { HALF_PAIR, HALF_PAIR_ESCAPED, halfPairReason, withEscape } from '../relational/half-pairs';

/** DuckDB's row number. A column of this name would hide it. */
const ROW_NUMBER = 'rowid';

/** DuckDB's JSON functions fail on such an escape. */
const ESCAPED_HALF_PAIR = withEscape(HALF_PAIR_ESCAPED);
const REASON = halfPairReason('DuckDB');

export const duckdbDialect: Dialect = {
  identifiers: {
    caseSensitive: false,
    maxBytes: 65535,
    reserved: [...Object.values(OWN_COLUMNS), ROW_NUMBER],
  },
  unrepresentable(cell, kind) {
    if (HALF_PAIR.test(cell)) return REASON;
    return kind === 'json' && ESCAPED_HALF_PAIR.test(cell) ? REASON : undefined;
  },
};
