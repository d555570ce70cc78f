/** How many changes a table has had lately. A mean that forgets: what is a day old counts by a third. */
export interface ChangeRate {
  /** When counting began, and the time of the last change counted. Epoch ms. */
  readonly since: number;
  readonly at: number;
  /** Weighted. */
  readonly changes: number;
}

const HOUR = 3_600_000;
const MEMORY_MS = 24 * HOUR;

/** Counts changes that were applied at `now` (epoch ms). */
export function counted(rate: ChangeRate | undefined, changes: number, now: number): ChangeRate {
  if (rate === undefined) return { since: now, at: now, changes };
  const at = Math.max(now, rate.at);
  return { since: rate.since, at, changes: rate.changes * Math.exp((rate.at - at) / MEMORY_MS) + changes };
}

/** Changes in an hour; `undefined` if nothing was counted for at least an hour. */
export function changesAnHour(rate: ChangeRate | undefined): number | undefined {
  if (rate === undefined || rate.at - rate.since < HOUR) return undefined;
  // The weight of all instants since counting began.
  const weightedMs = MEMORY_MS * (1 - Math.exp((rate.since - rate.at) / MEMORY_MS));
  return (rate.changes / weightedMs) * HOUR;
}
