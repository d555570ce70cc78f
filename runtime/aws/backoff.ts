import { type Backoff, backoffMs } from '../backoff';
import type { AwsFault } from './faults';

/** `slow` is for what a person has to mend: often enough to go on soon after, rarely enough to be no burden. */
const PAUSES: Readonly<Record<AwsFault['pace'], Backoff>> = {
  soon: { firstMs: 100, longestMs: 20_000 },
  throttled: { firstMs: 500, longestMs: 30_000 },
  slow: { firstMs: 30_000, longestMs: 300_000 },
};

/**
 * How long to wait after the `attempt`-th failure (from 1), in ms: doubling, and spread at random over everything from the first
 * pause up, so that many readers do not come back at once. `random` gives 0 ≤ x < 1.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (full jitter).
 */
export function pauseAfter(attempt: number, pace: AwsFault['pace'], random: () => number): number {
  const { firstMs } = PAUSES[pace];
  const ceiling = backoffMs(attempt + 1, PAUSES[pace]);
  return Math.round(firstMs + random() * (ceiling - firstMs));
}
