/** One more read after so long without a cut. */
const GROWTH_INTERVAL_MS = 1_000;
/** One may be of a shard that hangs. */
const LEAST_READS = 2;

/** How many reads of one stream may be under way at once. Immutable. Times are of the local clock, in ms. */
export interface ReadWindow {
  readonly reads: number;
  /** When it was changed last, and the answers since then. */
  readonly changedAt: number;
  readonly answers: number;
  readonly throttled: number;
}

export function openWindow(reads: number): ReadWindow {
  return { reads, changedAt: -Infinity, answers: 0, throttled: 0 };
}

/**
 * After an answer: half as many when most of as many answers as reads may be under way were throttled; one more for each
 * second without that, up to `most`. A part that is throttled is not the stream's congestion: those shards wait by themselves.
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
