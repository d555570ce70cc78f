import { setMaxListeners } from 'node:events';

/**
 * Calls `listener` once when the signal aborts, at once if it has already; the function given back takes the listener off.
 * One signal stops everything a replicator does at the same time, so many listeners are no leak, as Node would warn.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** A controller that aborts with a signal, for its reason, until it is unlinked. */
export function linkedController(signal: AbortSignal | undefined): {
  readonly controller: AbortController;
  unlink(): void;
} {
  const controller = new AbortController();
  return { controller, unlink: onAbort(signal, () => controller.abort(signal?.reason)) };
}

/** Resolves when the signal aborts, at once if it has. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => void onAbort(signal, resolve));
}

/** Waits for work that cannot be cancelled, unless the signal aborts: then it throws its reason at once. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  let stopListening: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stopListening = onAbort(signal, () => reject(signal?.reason as Error));
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    stopListening();
  }
}
