const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The stream keeps records for 24 hours. The oldest W may be before a read, and at its commit (rules A1, A2, G1). */
export const OLDEST_BEFORE_READ_MS = 23 * HOUR;
export const OLDEST_AT_COMMIT_MS = 24 * HOUR - MINUTE;
