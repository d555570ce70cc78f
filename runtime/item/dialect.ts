/** What an engine can hold, for the code that names and types columns. */
export interface Dialect {
  readonly identifiers: {
    readonly caseSensitive: boolean;
    /** UTF-8 bytes. */
    readonly maxBytes: number;
    /** Names that no attribute may take, by the engine's case rules: the replicator's own columns and the engine's names. */
    readonly reserved: readonly string[];
  };
  /**
   * Why the engine cannot store a text or json cell exactly and read it back, or `undefined` if it can (rule D1). It may refuse
   * only U+0000 and lone surrogates: the scanner asks about no other text.
   */
  unrepresentable(cell: string, kind: 'text' | 'json'): string | undefined;
}
