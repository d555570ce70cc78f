import type { ListedShard } from '../aws/services';
import type { Listing, ShardPage } from './arrivals';
import { hasSucceeded, type ShardState } from './shard-state';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** A listing may show shards and closings this much late, and then miss a shard for as long (rules W1, A2, S3). */
export const LISTING_LAG_MS = 60 * SECOND;
/** A record may take this long to become readable (rule W1). */
const PROPAGATION_MS = 2 * SECOND;
/** A succeeded shard is forgotten when listings have not shown it for this long. */
const FORGET_AFTER_MS = HOUR;

/** What a listing lacked, or showed without a parent, when it came, and this one again. */
export function isConfirmed(since: number | undefined, { startedAt }: Listing): boolean {
  return since !== undefined && startedAt - since >= LISTING_LAG_MS;
}

export function endedStage(hasChildren: boolean): ShardState['stage'] {
  return hasChildren ? 'succeeded' : 'ended';
}

/** What is proven already is enough for the next listing: a new graph for every empty page would be waste. */
export function idleAfter({ idleUntil, openSeenAt }: ShardState, { idleSince }: ShardPage): number {
  if (idleSince === undefined || idleUntil >= openSeenAt - LISTING_LAG_MS / 2) return idleUntil;
  return Math.max(idleUntil, idleSince - PROPAGATION_MS);
}

/** Rule W1: empty pages prove nothing later than the last listing that showed the shard open allows. */
export function withIdleProof(shard: ShardState): ShardState {
  const proven = Math.min(shard.idleUntil, shard.openSeenAt - LISTING_LAG_MS);
  return proven > shard.watermark ? { ...shard, watermark: proven } : shard;
}

export function afterListing(
  shard: ShardState,
  seen: ListedShard | undefined,
  { startedAt, completedAt }: Listing,
  hasChildren: boolean,
): ShardState {
  const knownSince = seen ? undefined : shard.knownSince;
  const stage = shard.stage === 'open' ? 'open' : endedStage(hasChildren);
  const openSeenAt = seen && !seen.closed ? Math.max(shard.openSeenAt, startedAt) : shard.openSeenAt;
  // A listing that began before the shard was known may not have come to it any more.
  const isMissing = !seen && startedAt >= (knownSince ?? 0);
  const missingSince = isMissing ? (shard.missingSince ?? completedAt) : undefined;
  const isUnchanged =
    stage === shard.stage &&
    openSeenAt === shard.openSeenAt &&
    missingSince === shard.missingSince &&
    knownSince === shard.knownSince;
  return withIdleProof(isUnchanged ? shard : { ...shard, stage, openSeenAt, missingSince, knownSince });
}

/** Oldest first: a shard whose parent is known would look like a new child if a listing showed it once more. */
export function mayBeForgotten(
  shard: ShardState,
  shards: ReadonlyMap<string, ShardState>,
  now: number,
): boolean {
  const { missingSince, parentId } = shard;
  return (
    hasSucceeded(shard) &&
    missingSince !== undefined &&
    now - missingSince >= FORGET_AFTER_MS &&
    (parentId === undefined || !shards.has(parentId))
  );
}
