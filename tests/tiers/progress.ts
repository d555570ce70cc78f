import type { FromWorker } from './messages';

const SEND_EVERY_MS = 1_000;
/** Undefined if the test runs without a pool. */
const send: ((message: FromWorker) => void) | undefined = process.send?.bind(process);

let sentAt = 0;

/**
 * Call it whenever a test makes progress: an event, a commit, a tick of a virtual clock, a seed. The pool ends a test without
 * progress for 90 s. It is cheap enough for the innermost loop, and also works in a loop that blocks the event loop.
 */
export function progress(): void {
  const now = performance.now();
  if (now - sentAt < SEND_EVERY_MS) return;
  sentAt = now;
  send?.({ kind: 'progress' });
}

const pictures = new Set<() => string>();

/** Registers text to print if the test stalls, such as the last lines of a process that it waits for. @returns removes it */
export function pictureIfStalled(picture: () => string): () => void {
  pictures.add(picture);
  return () => pictures.delete(picture);
}

export function stalledPictures(): string {
  return [...pictures].map((picture) => picture()).join('\n');
}
