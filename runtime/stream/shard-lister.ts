import { AwsFault } from '../aws/faults';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import { Alarm } from './alarm';
import { Gap } from './gap';
import { listShards } from './listing';
import type { Pace } from './pace';
import type { PageQueue } from './page-queue';
import type { Listing, ShardGraph } from './shard-graph';

/** DescribeStream may be called 10 times a second and shows 100 shards (AWS guide "Service quotas"): take a tenth of it. */
const PAUSE_A_SHARD_MS = 1;
/** Pause before looking again whether the last listing has been taken. */
const UNTAKEN_MS = 1_000;

export interface ListerContext {
  readonly aws: AwsServices;
  readonly clock: Clock;
  readonly streamArn: string;
  readonly queue: PageQueue;
  readonly pace: Pace;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The graph to go by, once there is one. */
  graph(): ShardGraph | undefined;
  onListed(listing: Listing): void;
}

/** Puts complete listings into the queue: every 15–30 s (rule W1), sooner while a child is awaited (rule S3). */
export class ShardLister {
  private readonly alarm: Alarm;
  private awaited: ReadonlySet<string> = new Set();
  private awaitedPauseMs: number;

  constructor(private readonly context: ListerContext) {
    this.alarm = new Alarm(context.clock);
    this.awaitedPauseMs = context.pace.awaitedListingMs;
  }

  /** A shard that has newly ended without a child is a reason to list at once. */
  follow(graph: ShardGraph): void {
    const awaited = new Set<string>();
    for (const { id, stage } of graph.shards.values()) if (stage === 'ended') awaited.add(id);
    const isNew = [...awaited].some((id) => !this.awaited.has(id));
    this.awaited = awaited;
    if (!isNew) return;
    this.awaitedPauseMs = this.context.pace.awaitedListingMs;
    this.alarm.wake();
  }

  /** Lists until the signal aborts. @throws Gap when the stream is gone, AwsFault, or the signal's reason */
  async run(): Promise<void> {
    const { queue, signal } = this.context;
    for (;;) {
      const listing = await this.list();
      if (listing) {
        this.context.onListed(listing);
        queue.pushListing(listing);
      }
      const leastPauseMs = (listing?.shards.length ?? 0) * PAUSE_A_SHARD_MS;
      await this.alarm.sleep(Math.max(this.nextPauseMs(), leastPauseMs), signal);
      while (queue.holdsListing) await this.context.clock.sleep(UNTAKEN_MS, signal);
    }
  }

  /** `undefined`: the stream was disabled, read to its end, and is now gone; whoever waits for another one goes on waiting. */
  private async list(): Promise<Listing | undefined> {
    const { aws, streamArn, signal } = this.context;
    try {
      return await listShards(aws, streamArn, signal);
    } catch (error) {
      if (!(error instanceof AwsFault) || error.code !== 'ResourceNotFoundException') throw error;
      const graph = this.context.graph();
      if (graph?.drained()) return undefined;
      const now = aws.clock.now();
      throw new Gap('stream gone', graph?.watermark() ?? now, now, undefined, { cause: error });
    }
  }

  private nextPauseMs(): number {
    const { shortestListingMs, longestListingMs } = this.context.pace;
    if (this.awaited.size === 0) {
      return shortestListingMs + (longestListingMs - shortestListingMs) * this.context.random();
    }
    const pause = this.awaitedPauseMs;
    this.awaitedPauseMs = Math.min(shortestListingMs, pause * 2);
    return pause;
  }
}
