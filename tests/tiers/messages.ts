/** Messages from a pool to its workers. */
export type ToWorker = { readonly kind: 'task'; readonly task: unknown } | { readonly kind: 'stalled' };

export type FromWorker =
  | { readonly kind: 'ready' }
  /** The worker makes progress. */
  | { readonly kind: 'progress' }
  /** Also progress. `what`: the test, hook or seed that began. */
  | { readonly kind: 'began'; readonly what: string }
  | { readonly kind: 'done'; readonly result: unknown }
  /** An answer to `stalled`, from a worker that still listens. */
  | { readonly kind: 'picture'; readonly text: string };
