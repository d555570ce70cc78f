/** One more read is allowed after this long without a cut. */
const GROWTH_INTERVAL_MS = 1_000;
/** Two, as one may be of a shard that hangs. */
const LEAST_READS = 2;

/** How many reads of one stream may run concurrently. Immutable. Times are in ms on the local clock. */
export interface ReadWindow {
  readonly reads: number;
  /** When it last changed, and the answers since then. */
  readonly changedAt: number;
  readonly answers: number;
  readonly throttled: number;
}

export function openWindow(reads: number): ReadWindow {
  return { reads, changedAt: -Infinity, answers: 0, throttled: 0 };
}

/**
 * The window after an answer. It halves when, over as many answers as the window has reads, most were throttled; it grows by one
 * for each second without that, up to `most`. A throttled minority is not congestion of the stream: those shards back off alone.
 */
export function afterAnswer(window: ReadWindow, isThrottled: boolean, most: number, now: number): ReadWindow {
  const answers = window.answers + 1;
  const throttled = window.throttled + (isThrottled ? 1 : 0);
  const changed = (reads: number) => ({ reads, changedAt: now, answers: 0, throttled: 0 });
  if (answers >= window.reads && throttled * 2 > answers)
    return changed(Math.max(Math.min(most, LEAST_READS), Math.floor(window.reads / 2)));
  if (now - window.changedAt >= GROWTH_INTERVAL_MS) return changed(Math.min(most, window.reads + 1));
  return { ...window, answers, throttled };
}
