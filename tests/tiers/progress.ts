import type { FromWorker } from './messages';

const SEND_EVERY_MS = 1_000;
/** A worker's parent hears it; a test that runs by itself has nobody to tell. */
const send: ((message: FromWorker) => void) | undefined = process.send?.bind(process);

let sentAt = 0;

/**
 * The one way in which a test reports that it makes progress: an event, a commit, a tick of a virtual clock, a seed. What
 * makes none for 90 s is ended by its worker's parent. Cheap enough for the innermost loop, and heard from within one.
 */
export function progress(): void {
  const now = performance.now();
  if (now - sentAt < SEND_EVERY_MS) return;
  sentAt = now;
  send?.({ kind: 'progress' });
}

const pictures = new Set<() => string>();

/** What is printed if the test stalls, such as the last lines of a process that it waits for. @returns takes it back */
export function pictureIfStalled(picture: () => string): () => void {
  pictures.add(picture);
  return () => pictures.delete(picture);
}

export function stalledPictures(): string {
  return [...pictures].map((picture) => picture()).join('\n');
}
