/** Most statements that one session keeps prepared. */
const MOST_STATEMENTS = 32;
/** Longer statements are parsed each time. The session would need several times their size to keep them. */
const MOST_CHARACTERS = 16_384;

/** How a statement of a round trip is sent. */
export interface SentAs {
  /** Empty: it is parsed and not kept. */
  readonly name: string;
  /** It is not prepared yet, and another statement may have its name. */
  readonly isNew: boolean;
}

/**
 * The statements that a session has prepared, the least recently used first. Parsing and planning a statement of few
 * rows takes longer than running it.
 */
export class PreparedStatements {
  private readonly names = new Map<string, string>();

  /** How to send this statement. */
  next(sql: string): SentAs {
    if (sql.length > MOST_CHARACTERS) return { name: '', isNew: true };
    const known = this.names.get(sql);
    const name = known ?? this.free();
    this.names.delete(sql);
    this.names.set(sql, name);
    return { name, isNew: known === undefined };
  }

  /** Forgets all of them, since after an error nobody knows which of the last statements were prepared. */
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
