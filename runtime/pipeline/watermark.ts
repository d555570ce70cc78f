const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The stream must have been on for this long before a generation starts (rule A1). */
export const STREAM_AGE_MS = 5 * MINUTE;

/** T ≥ S0 + this (rule A3). */
export const EXPORT_LEAD_MS = 5 * MINUTE;

/**
 * An export's cut varies by up to 60 s between items, and its time and the stream's are rounded to seconds. Once W is this far
 * past T, the export has nothing newer than the stream (rules P2, A3; the proof is in docs/SPEC.md).
 */
export const EXPORT_BLUR_MS = 62 * SECOND;

/** A heal begins this long before L, the watermark of the visible table (rule G3). */
export const HEAL_SLACK_MS = 5 * MINUTE;

/** A write this long before the start of a heal may be missing from its exports, and its row is read again (rule G3). */
export const REREAD_REACH_MS = 61 * SECOND;

/** W has to pass the time of the reads by this much: the stream's times are whole seconds (rule G4). */
export const REREAD_LEAD_MS = 2 * SECOND;

/**
 * How far AWS's clock may be behind our estimate, which was right at its last answer. AWS refuses an export of a time that its
 * clock has not reached (fault table, rows 20 and 40).
 */
const CLOCK_LEAD_MS = 2 * SECOND;

/** Export times refused in a row before the refusal is thrown. */
export const MOST_REFUSED_TIMES = 3;
/** Pause before the next time is chosen: by then our clock, if ahead, has been corrected. */
export const REFUSED_TIME_PAUSE_MS = 10_000;

/** When an export of `earliest` or later can be requested. Both are epoch ms on the service's clock. */
export function exportableFrom(earliest: number): number {
  return earliest + CLOCK_LEAD_MS + SECOND;
}

/** The latest time, in whole seconds, of which AWS certainly accepts an export. Epoch ms. */
export function latestExportTime(now: number): number {
  return Math.floor((now - CLOCK_LEAD_MS) / SECOND) * SECOND;
}

/**
 * Lag in ms (docs/ARCHITECTURE.md): the age of the oldest change read but not committed (0 if there is none), plus the
 * time since the slowest open shard was read. All arguments are epoch ms on the service's clock.
 */
export function lagMs(now: number, oldestUncommitted: number | undefined, slowestReadAt: number): number {
  return Math.max(0, now - (oldestUncommitted ?? now)) + Math.max(0, now - slowestReadAt);
}
