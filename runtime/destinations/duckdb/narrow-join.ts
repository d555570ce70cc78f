import { randomBytes } from 'node:crypto';
import { columnList, equalOn, quote } from '../relational/sql';

/** A secret key. Without it nobody can craft cells with equal digests. */
const KEY = randomBytes(32).toString('hex');

/** The part of a table that takes part in the join. */
export interface JoinedRows {
  /** Its name as SQL. Its alias is `__r_row`. */
  readonly table: string;
  readonly keys: readonly string[];
  /** Columns that the digest covers: equal digests mean equal cells. */
  readonly compared: readonly string[];
  /** SQL over `__r_row`. */
  readonly condition?: string;
  /** Additional columns, SQL over `__r_row`. */
  readonly more?: readonly string[];
}

/**
 * SQL that joins two tables by key, as `__r_here` and `__r_there`. A row has its key, its row number `__r_number`,
 * and `__r_digest` of the compared cells. A side without the key has NULL. With whole rows DuckDB runs out of memory
 * on a large table: it holds one side, and 10 million rows of 130 bytes do not fit into 256 MB even with spilling. In
 * this form they do.
 */
export function narrowJoin(
  here: JoinedRows,
  there: JoinedRows,
  join: 'FULL JOIN' | 'RIGHT JOIN' = 'FULL JOIN',
): string {
  return `${narrow(here)} __r_here ${join} ${narrow(there)} __r_there
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
 * SQL for a digest of 128 bits over cells: the same for the same cells, where NULL is a value of its own, and in
 * practice different for all others. Each cell is preceded by its length, so no two rows give the same input.
 * @param alias of the table with the cells
 */
function rowDigest(columns: readonly string[], alias: string): string {
  if (columns.length === 0) return '0';
  const cells = columns.map((name) => {
    const text = `${alias}.${quote(name)}::VARCHAR`;
    return `coalesce(strlen(${text}) || ':' || ${text}, '-')`;
  });
  return `unhex(left(sha256(concat('${KEY}', ${cells.join(', ')})), 32))`;
}
