import { LISTING_LAG_MS } from './listing-lag';

/** A complete listing's times, epoch ms on the service's clock. */
interface Times {
  readonly startedAt: number;
  readonly completedAt: number;
}

/** Until when every shard that was created is known (rule W1). */
export interface Completeness {
  readonly until: number;
  /** Listings that no later one has confirmed yet, oldest first. */
  readonly unconfirmed: readonly Times[];
}

/**
 * After one more complete listing: those that ended 60 s before it began are confirmed by it. `allKnown`: each shard that
 * it shows is known now. One that is shown without its parent is not, may be older than the listings before, and may be
 * missed by those that follow: then all begins anew.
 */
export function withListing(
  { until, unconfirmed }: Completeness,
  { startedAt, completedAt }: Times,
  allKnown: boolean,
): Completeness {
  if (!allKnown) return { until, unconfirmed: [] };
  let confirmed = until;
  const left: Times[] = [];
  for (const earlier of unconfirmed) {
    if (startedAt - earlier.completedAt < LISTING_LAG_MS) left.push(earlier);
    else confirmed = Math.max(confirmed, earlier.startedAt);
  }
  return { until: confirmed, unconfirmed: [...left, { startedAt, completedAt }] };
}
