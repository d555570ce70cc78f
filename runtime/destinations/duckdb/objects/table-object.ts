/**
 * What an object prevents: writes, by the constraint that refuses them; `type`: a change of a column's type; `rebuild`:
 * that a new table takes the place of the old one, for a change of type that DuckDB cannot make otherwise.
 */
export type Refused =
  | 'unique'
  | 'not null'
  | 'check'
  | 'foreign key'
  | 'generated'
  | 'expression'
  | 'type'
  | 'rebuild';

/** An object that others added to a table of ours. Names in it are quoted for SQL. */
export interface TableObject {
  /** For messages: `unique index "by_note" (note)`. */
  readonly label: string;
  /** The column of a NOT NULL constraint, as errors name it: `orders.note`. */
  readonly column?: string;
  readonly reasons: readonly Reason[];
}

/** Why an object refuses something, and the fix. */
export interface Reason {
  readonly refused: Refused;
  /** A sentence about the object, without a full stop: `it refuses equal values`. */
  readonly because: string;
  /** A sentence that ends with statements. */
  readonly fix: string;
  /** It refuses every row. Otherwise only some. */
  readonly everyRow?: true;
}
