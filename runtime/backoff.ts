/** Pauses between retries: doubled after each failure, up to a limit. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The pause in ms after this many failures in a row, at least 1. */
export function backoffMs(failures: number, { firstMs, longestMs }: Backoff): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
}
