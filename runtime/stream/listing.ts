import type { AwsServices, ListedShard, StreamPage } from '../aws/services';
import type { Clock } from '../clock';
import type { ChildAnswer, Listing } from './arrivals';
import { LISTING_LAG_MS } from './listing-lag';
import { OLDEST_AT_COMMIT_MS } from './oldest';

/** All pages of a stream's shard list (rule S4): only an answer without LastEvaluatedShardId is the last. @throws AwsFault */
export async function listShards(
  aws: AwsServices,
  streamArn: string,
  signal?: AbortSignal,
): Promise<Listing> {
  const startedAt = aws.clock.now();
  const shards = new Map<string, ListedShard>();
  let page: StreamPage | undefined;
  do {
    page = await aws.describeStream(
      streamArn,
      page?.lastEvaluatedShardId === undefined ? {} : { exclusiveStartShardId: page.lastEvaluatedShardId },
      signal,
    );
    for (const shard of page.shards) shards.set(shard.id, shard);
  } while (page.lastEvaluatedShardId !== undefined);
  const { status, viewType } = page;
  const completedAt = aws.clock.now();
  return {
    kind: 'listing',
    streamArn,
    startedAt,
    completedAt,
    shards: [...shards.values()],
    status,
    viewType,
  };
}

/** The children of one shard that are shown now: a part of what a listing shows (rule W1). @throws AwsFault */
export async function listChildren(
  aws: AwsServices,
  streamArn: string,
  parentId: string,
  signal?: AbortSignal,
): Promise<ChildAnswer> {
  const { shards } = await aws.describeStream(streamArn, { childrenOf: parentId }, signal);
  // Emulators that do not know the filter answer with all shards.
  const children = shards.filter((shard) => shard.parentId === parentId);
  return { kind: 'children', parentId, shards: children, answeredAt: aws.clock.now() };
}

/**
 * The listing that fixes a generation's roots (rule A1): two complete ones in a row, the later begun at least 60 s after the
 * earlier ended, taken together. An answer may be hours late, so the 60 s count from the earlier one's last answer to the
 * later one's first request. `onWait` hears until when (service's clock, epoch ms) each pause lasts.
 * @throws AwsFault
 */
export async function settleRoots(
  aws: AwsServices,
  clock: Clock,
  streamArn: string,
  onWait: (until: number) => void,
  signal?: AbortSignal,
): Promise<Listing> {
  let earlier = await listShards(aws, streamArn, signal);
  for (;;) {
    const until = earlier.completedAt + LISTING_LAG_MS;
    onWait(until);
    for (let left = until - aws.clock.now(); left > 0; left = until - aws.clock.now()) {
      await clock.sleep(Math.max(left, 1), signal);
    }
    const later = await listShards(aws, streamArn, signal);
    const roots = takenTogether(earlier, later);
    if (roots) return roots;
    earlier = later;
  }
}

/**
 * What two listings show together, with the start of the earlier one (rule A1); `undefined` when there is a root that the
 * earlier had not shown: its parent may be hidden from both, as one listing may miss it and it may be newer than the other;
 * and when the later ended so late that what the earlier missed may have left.
 */
export function takenTogether(earlier: Listing, later: Listing): Listing | undefined {
  if (later.completedAt - earlier.startedAt > OLDEST_AT_COMMIT_MS) return undefined;
  const shards = new Map<string, ListedShard>();
  for (const shard of earlier.shards) shards.set(shard.id, shard);
  const shownEarlier = shards.size;
  for (const shard of later.shards) shards.set(shard.id, shard);
  const together = [...shards.values()];
  for (const { parentId } of together.slice(shownEarlier)) {
    const isRoot = parentId === undefined || !shards.has(parentId);
    if (isRoot) return undefined;
  }
  return { ...later, startedAt: earlier.startedAt, shards: together };
}
