/** Value below which `share` (0 to 1) of the values lie, by the nearest rank. @throws RangeError without values */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** The middle value; of an even number of values the mean of both middle ones. @throws RangeError without values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  if (low === undefined || high === undefined) throw new RangeError('no values');
  return (low + high) / 2;
}

/** The noise of repeated measurements: half of what lies between the least and the largest, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** A figure of several rounds. */
export interface Figure {
  readonly median: number;
  /** See `spread`. */
  readonly noise: number;
}

export function figure(values: readonly number[]): Figure {
  return { median: median(values), noise: spread(values) };
}

/**
 * How much larger one series is than the other: taken round by round, since what disturbed a round disturbed both.
 * `undefined` when they have no round in common.
 */
export function ratio(of: readonly number[], to: readonly number[]): Figure | undefined {
  const rounds = Math.min(of.length, to.length);
  if (rounds === 0) return undefined;
  return figure(of.slice(0, rounds).map((value, round) => value / (to[round] as number)));
}
