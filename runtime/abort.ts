import { setMaxListeners } from 'node:events';

/**
 * Calls `listener` once when the signal aborts, or at once if it already has. The returned function removes the listener.
 * One signal stops everything that a replicator does, so many listeners are not the leak that Node would warn of.
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

/** A controller that aborts when the signal does, with the same reason, until it is unlinked. */
export function linkedController(signal: AbortSignal | undefined): {
  readonly controller: AbortController;
  unlink(): void;
} {
  const controller = new AbortController();
  return { controller, unlink: onAbort(signal, () => controller.abort(signal?.reason)) };
}

/** Resolves when the signal aborts, at once if it already has. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => void onAbort(signal, resolve));
}

/** Waits for work that cannot be cancelled. @throws the signal's reason as soon as it aborts */
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
