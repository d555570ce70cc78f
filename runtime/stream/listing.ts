import type { AwsServices, ListedShard, StreamPage } from '../aws/services';
import type { Clock } from '../clock';
import type { ChildAnswer, Listing } from './arrivals';
import { LISTING_LAG_MS } from './listing-lag';
import { OLDEST_AT_COMMIT_MS } from './oldest';

/** Reads all pages of a stream's shard list (rule S4): only an answer without LastEvaluatedShardId is the last. @throws AwsFault */
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

/** Asks for the children of one shard. The answer is only part of a listing (rule W1). @throws AwsFault */
export async function listChildren(
  aws: AwsServices,
  streamArn: string,
  parentId: string,
  signal?: AbortSignal,
): Promise<ChildAnswer> {
  const { shards } = await aws.describeStream(streamArn, { childrenOf: parentId }, signal);
  // Emulators without this filter return all shards.
  const children = shards.filter((shard) => shard.parentId === parentId);
  return { kind: 'children', parentId, shards: children, answeredAt: aws.clock.now() };
}

/**
 * The listing that fixes a generation's roots (rule A1): two complete listings in a row, combined, the later begun at least 60 s
 * after the earlier ended. An answer may be hours late, so the 60 s count from the last answer of the earlier to the first
 * request of the later.
 * @param onWait called with the end of each pause, epoch ms on the service's clock
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
 * Two listings combined, with the start of the earlier one (rule A1). `undefined` if the earlier lacks a root: one listing may
 * have missed its parent, which may be newer than the other. Also `undefined` if the later ended so late that shards missed by the
 * earlier may have left.
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
