/** An object that others added to a table of ours, and why it may refuse rows. Names in it are quoted for SQL. */
export interface TableObject {
  /** For messages: `index "by_note" (btree (note))`. */
  readonly label: string;
  /** How an error of the server names it. Empty: no error names it. */
  readonly named: NameInError;
  readonly reasons: readonly Reason[];
}

export interface NameInError {
  readonly constraint?: string;
  readonly column?: string;
  /** The name of its function, in the context of the error. */
  readonly routine?: string;
}

/** Why an object refuses rows, and the fix. */
export interface Reason {
  /** SQLSTATEs, or whole classes of them, with which it refuses rows. */
  readonly codes: readonly string[];
  /** Whether the error comes from within a function. `undefined`: either way. */
  readonly inFunction?: boolean;
  /** A sentence about the object, without a full stop: `it cannot hold a value of more than 2,704 bytes`. */
  readonly because: string;
  /** A sentence that ends with a statement. */
  readonly fix: string;
  /** How `check` shows it: it certainly refuses some or all rows, or may refuse or drop them. `undefined`: not shown. */
  readonly inCheck?: 'refuses' | 'may refuse' | 'may drop';
}
