/** Percentile of the values by nearest rank. @param share 0 to 1 @throws RangeError without values */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** The middle value, or the mean of the two middle values. @throws RangeError without values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  if (low === undefined || high === undefined) throw new RangeError('no values');
  return (low + high) / 2;
}

/** Noise of repeated measurements: half the range, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** Median of several rounds and its noise. */
export interface Figure {
  readonly median: number;
  /** See `spread`. */
  readonly noise: number;
}

export function figure(values: readonly number[]): Figure {
  return { median: median(values), noise: spread(values) };
}

/**
 * Ratio of two series, computed round by round, since what disturbed a round disturbed both.
 * `undefined` if they have no round in common.
 */
export function ratio(of: readonly number[], to: readonly number[]): Figure | undefined {
  const rounds = Math.min(of.length, to.length);
  if (rounds === 0) return undefined;
  return figure(of.slice(0, rounds).map((value, round) => value / (to[round] as number)));
}
