import { randomBytes } from 'node:crypto';
import { columnList, equalOn, quote } from '../relational/sql';

/** Who does not know it cannot choose cells whose digests are the same. */
const KEY = randomBytes(32).toString('hex');

/** What of a table's rows takes part in the join. */
export interface JoinedRows {
  /** Its name as SQL; its alias is `__r_row`. */
  readonly table: string;
  readonly keys: readonly string[];
  /** Columns whose cells are the same where the digest is. */
  readonly compared: readonly string[];
  /** SQL over `__r_row`. */
  readonly condition?: string;
  /** More columns, SQL over `__r_row`. */
  readonly more?: readonly string[];
}

/**
 * SQL of a join of two tables by their keys, `__r_here` and `__r_there`: a row has its key, its row number `__r_number`, and
 * `__r_digest` of the compared cells. The side that has not a key has NULL. With whole rows DuckDB runs out of memory on a
 * large table: it holds one side, and 10 million rows of 130 bytes do not fit 256 MB even with what it spills; so they do.
 */
export function narrowJoin(here: JoinedRows, there: JoinedRows): string {
  return `${narrow(here)} __r_here FULL OUTER JOIN ${narrow(there)} __r_there
    ON ${equalOn('__r_here', '__r_there', here.keys)}`;
}

function narrow({ table, keys, compared, condition = 'true', more = [] }: JoinedRows): string {
  const columns = [
    columnList(keys, '__r_row'),
    '__r_row.rowid AS __r_number',
    `${rowDigest(compared, '__r_row')} AS __r_digest`,
    ...more,
  ];
  return `(SELECT ${columns.join(', ')} FROM ${table} __r_row WHERE ${condition})`;
}

/**
 * SQL of 128 bits that stand for cells: the same for the same cells, NULL being one of its own, and in practice for no
 * others. Lengths come first, so that no two rows come to the same text.
 * @param alias of the table that has them
 */
function rowDigest(columns: readonly string[], alias: string): string {
  if (columns.length === 0) return '0';
  const cells = columns.map((name) => {
    const text = `${alias}.${quote(name)}::VARCHAR`;
    return `coalesce(strlen(${text}) || ':' || ${text}, '-')`;
  });
  return `unhex(left(sha256(concat('${KEY}', ${cells.join(', ')})), 32))`;
}
