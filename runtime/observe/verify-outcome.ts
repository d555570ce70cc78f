/** How much of an export a verify loaded. */
export interface Coverage {
  readonly files: number;
  readonly filesTotal: number;
  readonly items: number;
  readonly itemsTotal: number;
}

/** The figures of a verify that had a result. They contain no keys. */
export interface VerifyOutcome {
  /** When it ended, epoch ms on the service's clock. */
  readonly at: number;
  readonly differences: number;
  readonly rowsCompared: number;
  /** Keys left out because they changed meanwhile. */
  readonly keysSkipped: number;
  readonly coverage: Coverage;
}
