import type { Listing } from './arrivals';
import { LISTING_LAG_MS } from './listing-lag';

/** A complete listing's times, epoch ms on the service's clock. */
interface Times {
  readonly startedAt: number;
  readonly completedAt: number;
}

/** The time until which every created shard is known (rule W1). */
export interface Completeness {
  readonly until: number;
  /** Listings that no later one has confirmed yet, oldest first. */
  readonly unconfirmed: readonly Times[];
}

/**
 * The completeness after one more complete listing, which confirms those that ended 60 s before it began. Without an open shard it
 * confirms none: a stream that is off has none, and no record of what is written to its table.
 * @param allKnown whether every listed shard is known now. A shard listed without its parent is not. It may be older than the
 *   earlier listings, and later ones may miss it, so the earlier ones no longer count.
 */
export function withListing(
  { until, unconfirmed }: Completeness,
  { startedAt, completedAt, shards }: Times & Pick<Listing, 'shards'>,
  allKnown: boolean,
): Completeness {
  if (!allKnown) return { until, unconfirmed: [] };
  if (!shards.some(({ closed }) => !closed)) return { until, unconfirmed };
  let confirmed = until;
  const left: Times[] = [];
  for (const earlier of unconfirmed) {
    if (startedAt - earlier.completedAt < LISTING_LAG_MS) left.push(earlier);
    else confirmed = Math.max(confirmed, earlier.startedAt);
  }
  return { until: confirmed, unconfirmed: [...left, { startedAt, completedAt }] };
}
