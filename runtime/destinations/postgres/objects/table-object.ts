/** What others have added to a table of ours, and why it may keep rows out. Names stand in it as SQL needs them. */
export interface TableObject {
  /** For people: `index "by_note" (btree (note))`. */
  readonly label: string;
  /** How an error of the server's names it; without any, it names nothing. */
  readonly named: NameInError;
  readonly reasons: readonly Reason[];
}

export interface NameInError {
  readonly constraint?: string;
  readonly column?: string;
  /** Its function, in the error's context. */
  readonly routine?: string;
}

/** Why an object refuses rows, and what to do about it. */
export interface Reason {
  /** SQLSTATEs, or whole classes of them, with which it refuses. */
  readonly codes: readonly string[];
  /** The error came from within a function; `undefined`: either way. */
  readonly inFunction?: boolean;
  /** A sentence about the object without its stop: `it cannot hold a value of more than 2,704 bytes`. */
  readonly because: string;
  /** A sentence with a statement at its end. */
  readonly fix: string;
  /** How `check` shows it: it refuses every row or some for sure, or it may do so; `undefined`: not at all. */
  readonly inCheck?: 'refuses' | 'may refuse';
}
