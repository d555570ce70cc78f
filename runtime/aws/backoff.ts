import { type Backoff, backoffMs } from '../backoff';
import type { AwsFault } from './faults';

/** `slow` is for what a person has to fix: often enough to continue soon afterwards, rarely enough to be no burden. */
const PAUSES: Readonly<Record<AwsFault['pace'], Backoff>> = {
  soon: { firstMs: 100, longestMs: 20_000 },
  throttled: { firstMs: 500, longestMs: 30_000 },
  slow: { firstMs: 30_000, longestMs: 300_000 },
};

/**
 * The pause in ms after the `attempt`-th failure, from 1. The upper limit doubles; the pause is random between the first pause
 * and that limit, so that many readers do not return at once. `random` returns 0 ≤ x < 1.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (full jitter).
 */
export function pauseAfter(attempt: number, pace: AwsFault['pace'], random: () => number): number {
  const { firstMs } = PAUSES[pace];
  const ceiling = backoffMs(attempt + 1, PAUSES[pace]);
  return Math.round(firstMs + random() * (ceiling - firstMs));
}
