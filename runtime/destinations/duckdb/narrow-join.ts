import { columnList, equalOn } from '../sql';

/** What of a table's rows takes part in the join. */
export interface JoinedRows {
  /** Its name as SQL; its alias is `t`. */
  readonly table: string;
  readonly keys: readonly string[];
  /** Columns whose cells are the same where `cells` is. */
  readonly compared: readonly string[];
  /** SQL over `t`. */
  readonly condition?: string;
  /** More columns, SQL over `t`. */
  readonly more?: readonly string[];
}

/**
 * SQL of a join of two tables by their keys, `v` and `n`: a row has its key, its row number `r`, and `cells`, a hash of the
 * compared ones. The side that has not a key has NULL. With whole rows DuckDB runs out of memory on a large table: it holds
 * one side, and 10 million rows of 130 bytes do not fit 256 MB even with what it spills; so they do in 64. Rows that
 * differ have the same hash once in 2^64.
 */
export function narrowJoin(v: JoinedRows, n: JoinedRows): string {
  return `${narrow(v)} v FULL OUTER JOIN ${narrow(n)} n ON ${equalOn('v', 'n', v.keys)}`;
}

function narrow({ table, keys, compared, condition = 'true', more = [] }: JoinedRows): string {
  const cells = compared.length === 0 ? '0' : `hash(${columnList(compared, 't')})`;
  const columns = [columnList(keys, 't'), 't.rowid AS r', `${cells} AS cells`, ...more];
  return `(SELECT ${columns.join(', ')} FROM ${table} t WHERE ${condition})`;
}
