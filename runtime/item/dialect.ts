/** What an engine can hold, for the pure parts that name and type columns. */
export interface Dialect {
  readonly identifiers: {
    readonly caseSensitive: boolean;
    /** UTF-8 bytes. */
    readonly maxBytes: number;
    /** Names no attribute may take, compared by the engine's case rule: own columns and the engine's. */
    readonly reserved: readonly string[];
  };
  /**
   * Why a text or json cell cannot be stored exactly and read as what it is, or `undefined` when it can (rule D1). It may
   * refuse U+0000 and halves of surrogate pairs only: the scanner asks about no other text.
   */
  unrepresentable(cell: string, kind: 'text' | 'json'): string | undefined;
}
