/** Statements that one session keeps prepared. */
const MOST_STATEMENTS = 32;
/** Longer ones are parsed each time: the session would keep several times as much of each. */
const MOST_CHARACTERS = 16_384;

/** How a statement of a round trip is sent. */
export interface SentAs {
  /** Empty: it is parsed, and kept by nobody. */
  readonly name: string;
  /** It is not prepared yet, and its name may be another one's. */
  readonly isNew: boolean;
}

/**
 * Which statements a session has prepared, the longest unused of them first. To parse and plan a statement of few rows takes
 * longer than to run it.
 */
export class PreparedStatements {
  private readonly names = new Map<string, string>();

  /** How a statement is sent next. */
  next(sql: string): SentAs {
    if (sql.length > MOST_CHARACTERS) return { name: '', isNew: true };
    const known = this.names.get(sql);
    const name = known ?? this.free();
    this.names.delete(sql);
    this.names.set(sql, name);
    return { name, isNew: known === undefined };
  }

  /** Of those that were sent last it is not known which were prepared. */
  forget(): void {
    this.names.clear();
  }

  private free(): string {
    if (this.names.size < MOST_STATEMENTS) return `__r_${this.names.size}`;
    const [[sql, name]] = this.names as unknown as [[string, string]];
    this.names.delete(sql);
    return name;
  }
}
