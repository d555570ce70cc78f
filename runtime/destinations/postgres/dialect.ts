import type { Dialect } from '../../item/dialect';
import { OWN_COLUMNS as SHARED_COLUMNS } from '../relational/columns';

/** Columns of our own in any of a pipeline's tables. */
export const OWN_COLUMNS = { ...SHARED_COLUMNS, digest: '__digest' } as const;

/** Columns that the server gives every table. Source: PostgreSQL manual, "System Columns". */
const SYSTEM_COLUMNS = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'];

const LONE_SURROGATE = /\p{Surrogate}/u;
/** `\u0000` or half of a surrogate pair in JSON text, where `JSON.stringify` writes both only so. */
const ESCAPED_UNHOLDABLE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|[dD][89a-fA-F])/;

const NUL = 'it contains the character U+0000, which PostgreSQL text cannot hold';
const HALF_PAIR = 'it contains half of a surrogate pair, which is no text to PostgreSQL';

export const postgresDialect: Dialect = {
  identifiers: {
    caseSensitive: true,
    maxBytes: 63,
    reserved: [...Object.values(OWN_COLUMNS), ...SYSTEM_COLUMNS],
  },
  unrepresentable(cell, kind) {
    if (cell.includes('\0')) return NUL;
    if (LONE_SURROGATE.test(cell)) return HALF_PAIR;
    const escaped = kind === 'json' ? ESCAPED_UNHOLDABLE.exec(cell) : null;
    if (escaped === null) return undefined;
    return escaped[0].endsWith('0000') ? NUL : HALF_PAIR;
  },
};
