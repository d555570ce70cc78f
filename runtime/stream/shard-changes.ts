import type { ListedShard } from '../aws/services';
import type { Listing, ShardPage } from './arrivals';
import { LISTING_LAG_MS } from './listing-lag';
import { hasSucceeded, type ShardState } from './shard-state';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** A record may take this long to become readable (rule W1). */
const PROPAGATION_MS = 2 * SECOND;
/** A succeeded shard is forgotten when listings have lacked it for this long. */
const FORGET_AFTER_MS = HOUR;

/** Whether this listing confirms what an earlier one, which ended at `since`, showed: a shard missing or without its parent. */
export function isConfirmed(since: number | undefined, { startedAt }: Listing): boolean {
  return since !== undefined && startedAt - since >= LISTING_LAG_MS;
}

export function endedStage(hasChildren: boolean): ShardState['stage'] {
  return hasChildren ? 'succeeded' : 'ended';
}

/** An answer requested after the end of a listing that lacked the shard shows that the shard exists (rules A2, G1). */
export function missingAfter({ missingSince }: ShardState, page: ShardPage): number | undefined {
  const isThere = !page.gone && missingSince !== undefined && page.requestedAt >= missingSince;
  return isThere ? undefined : missingSince;
}

/** Returns the old value while it suffices for the next listing: a new graph for every empty page would be a waste. */
export function idleAfter({ idleUntil, openSeenAt }: ShardState, { idleSince }: ShardPage): number {
  if (idleSince === undefined || idleUntil >= openSeenAt - LISTING_LAG_MS / 2) return idleUntil;
  return Math.max(idleUntil, idleSince - PROPAGATION_MS);
}

/** Rule W1: empty pages prove nothing later than LISTING_LAG_MS before the last listing that showed the shard open. */
export function withIdleProof(shard: ShardState): ShardState {
  const watermark = idleProof(shard.watermark, shard.idleUntil, shard.openSeenAt);
  return watermark === shard.watermark ? shard : { ...shard, watermark };
}

function idleProof(watermark: number, idleUntil: number, openSeenAt: number): number {
  return Math.max(watermark, Math.min(idleUntil, openSeenAt - LISTING_LAG_MS));
}

/** @param seen the shard as the listing shows it @param hasChildren used only for a shard that has ended */
export function afterListing(
  shard: ShardState,
  seen: ListedShard | undefined,
  { startedAt, completedAt }: Listing,
  hasChildren: boolean,
): ShardState {
  const knownSince = seen ? undefined : shard.knownSince;
  const stage = shard.stage === 'ended' ? endedStage(hasChildren) : shard.stage;
  const openSeenAt = seen && !seen.closed ? Math.max(shard.openSeenAt, startedAt) : shard.openSeenAt;
  // A listing that began before the shard was known may have passed its page already.
  const isMissing = !seen && startedAt >= (knownSince ?? 0);
  const missingSince = isMissing ? (shard.missingSince ?? completedAt) : undefined;
  const watermark = idleProof(shard.watermark, shard.idleUntil, openSeenAt);
  if (
    stage === shard.stage &&
    openSeenAt === shard.openSeenAt &&
    missingSince === shard.missingSince &&
    knownSince === shard.knownSince &&
    watermark === shard.watermark
  ) {
    return shard;
  }
  return {
    // No spread: see `newShard`.
    id: shard.id,
    parentId: shard.parentId,
    depth: shard.depth,
    watermark,
    prefixPassed: shard.prefixPassed,
    stage,
    position: shard.position,
    openSeenAt,
    missingSince,
    knownSince,
    idleUntil: shard.idleUntil,
  };
}

/** Whether a shard has succeeded and was not listed for an hour. Its parent must be forgotten before it. */
export function mayBeForgotten(shard: ShardState, now: number): boolean {
  const { missingSince } = shard;
  return missingSince !== undefined && hasSucceeded(shard) && now - missingSince >= FORGET_AFTER_MS;
}
