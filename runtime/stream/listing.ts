import type { AwsServices, ListedShard, StreamPage } from '../aws/services';
import type { Clock } from '../clock';
import { rootsOf } from './lineage';
import type { Listing } from './shard-graph';

/** Listings that far apart (epoch ms, the service's clock) have to agree on the roots (rule A1). */
const SETTLE_MS = 60_000;

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

/**
 * The listing that fixes a generation's roots (rule A1): the later of two in a row, at least 60 s apart, that agree on
 * them (one listing may miss a parent, whose child would then be read first), with the start of the earlier one. An
 * answer may be hours late, so the 60 s count from the earlier one's last answer to the later one's first request.
 * `onWait` hears until when (service's clock, epoch ms) each pause lasts.
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
    const until = earlier.completedAt + SETTLE_MS;
    onWait(until);
    for (let left = until - aws.clock.now(); left > 0; left = until - aws.clock.now()) {
      await clock.sleep(Math.max(left, 1), signal);
    }
    const later = await listShards(aws, streamArn, signal);
    if (haveSameRoots(earlier, later)) return { ...later, startedAt: earlier.startedAt };
    earlier = later;
  }
}

function haveSameRoots(one: Listing, other: Listing): boolean {
  const roots = rootsOf(one.shards);
  const others = rootsOf(other.shards);
  return roots.size === others.size && [...roots].every((id) => others.has(id));
}
