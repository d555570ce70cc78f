import type { Dialect } from '../../item/dialect';
import { OWN_COLUMNS } from '../relational/columns';

/** DuckDB's row number, which a column of that name would hide. */
const ROW_NUMBER = 'rowid';

const LONE_SURROGATE = /\p{Surrogate}/u;
/** A `\udXXX` in JSON text: `JSON.stringify` writes one for half a pair only; DuckDB's JSON functions fail on it. */
const ESCAPED_SURROGATE = /(?:^|[^\\])(?:\\\\)*\\u[dD][89a-fA-F]/;

const REASON = 'it contains half of a surrogate pair, which is no text to DuckDB';

export const duckdbDialect: Dialect = {
  identifiers: {
    caseSensitive: false,
    maxBytes: 65535,
    reserved: [...Object.values(OWN_COLUMNS), ROW_NUMBER],
  },
  unrepresentable(cell, kind) {
    if (LONE_SURROGATE.test(cell)) return REASON;
    return kind === 'json' && ESCAPED_SURROGATE.test(cell) ? REASON : undefined;
  },
};
