const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The stream must have been on for this long before a generation starts (rule A1). */
export const STREAM_AGE_MS = 5 * MINUTE;

/** T ≥ S0 + this (rule A3). */
export const EXPORT_LEAD_MS = 5 * MINUTE;

/**
 * An export's cut differs from item to item by up to 60 s, its time and the stream's are rounded to seconds: what W has
 * passed by this much, the export cannot know better (rules P2, A3; reference: the proof in docs/SPEC.md).
 */
export const EXPORT_BLUR_MS = 62 * SECOND;

/**
 * How far AWS's clock may be behind ours, which was right at its last answer: an export of a time that it has not reached
 * yet is refused (fault table, rows 20 and 40).
 */
const CLOCK_LEAD_MS = 2 * SECOND;

/** Export times that the service refuses in a row before the refusal is passed on. */
export const MOST_REFUSED_TIMES = 3;
/** Before the next one is chosen: by then a clock of ours that is ahead has been put right. */
export const REFUSED_TIME_PAUSE_MS = 10_000;

/** From when an export of `earliest` or later can be asked for. Epoch ms on the service's clock, like the result. */
export function exportableFrom(earliest: number): number {
  return earliest + CLOCK_LEAD_MS + SECOND;
}

/** The latest time, in whole seconds, that an export can be asked of for certain. Epoch ms. */
export function latestExportTime(now: number): number {
  return Math.floor((now - CLOCK_LEAD_MS) / SECOND) * SECOND;
}

/**
 * Lag (docs/ARCHITECTURE.md): age of the oldest change read but not committed, 0 when there is none, plus the time
 * since the slowest open shard was read. All epoch ms on the service's clock, the result in ms.
 */
export function lagMs(now: number, oldestUncommitted: number | undefined, slowestReadAt: number): number {
  return Math.max(0, now - (oldestUncommitted ?? now)) + Math.max(0, now - slowestReadAt);
}
