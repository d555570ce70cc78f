import { AwsFault } from '../aws/faults';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import { Alarm } from './alarm';
import { Gap } from './gap';
import { listChildren, listShards } from './listing';
import type { Pace } from './pace';
import type { PageQueue } from './page-queue';
import type { Listing, ShardGraph } from './shard-graph';

/** A listing takes at most a fifth of the time: the calls are bounded for the whole process, over all its tables. */
const PAUSE_A_DURATION = 4;
/** A listing may last hours because an answer did. */
const LONGEST_PAUSE_MS = 10 * 60_000;
/** What DescribeStream shows at most (AWS guide "Service quotas"). */
const SHARDS_A_PAGE = 100;
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

/** When a shard's children are asked for next. On the local clock. */
interface Asking {
  atMs: number;
  pauseMs: number;
}

/** When the next listing begins, in ms of the local clock, unless a child is awaited; and when it may begin at the earliest. */
interface Due {
  readonly latestMs: number;
  readonly earliestMs: number;
}

/**
 * Puts complete listings into the queue: every 15–30 s (rule W1), or four times as long as the last one took. While a child
 * is awaited (rule S3) it lists sooner, or asks for the children of one shard, which is one call: where that takes less than
 * half as many.
 */
export class ShardLister {
  private readonly alarm: Alarm;
  /** Shards whose children are awaited. */
  private awaited = new Map<string, Asking>();
  private awaitedAtMs = Infinity;
  private awaitedPauseMs: number;
  private pages = 1;

  constructor(private readonly context: ListerContext) {
    this.alarm = new Alarm(context.clock);
    this.awaitedPauseMs = context.pace.awaitedListingMs;
  }

  /** A shard that has newly ended without a child is a reason to ask at once. */
  follow(graph: ShardGraph): void {
    const { clock, pace } = this.context;
    const now = clock.elapsedMs();
    const awaited = new Map<string, Asking>();
    for (const id of graph.awaiting()) {
      awaited.set(id, this.awaited.get(id) ?? { atMs: now, pauseMs: pace.awaitedListingMs });
    }
    const isNew = [...awaited.keys()].some((id) => !this.awaited.has(id));
    this.awaited = awaited;
    if (awaited.size === 0) this.awaitedAtMs = Infinity;
    if (!isNew) return;
    this.awaitedPauseMs = pace.awaitedListingMs;
    this.awaitedAtMs = now;
    this.alarm.wake();
  }

  /** Lists until the signal aborts. @throws Gap when the stream is gone, AwsFault, or the signal's reason */
  async run(): Promise<void> {
    const { queue, clock, pace, random, signal } = this.context;
    for (;;) {
      const startedMs = clock.elapsedMs();
      const listing = await this.list();
      if (listing) {
        this.pages = Math.floor(listing.shards.length / SHARDS_A_PAGE) + 1;
        this.context.onListed(listing);
        queue.pushListing(listing);
      }
      const endedMs = clock.elapsedMs();
      const earliestMs = endedMs + Math.min(LONGEST_PAUSE_MS, PAUSE_A_DURATION * (endedMs - startedMs));
      const { shortestListingMs, longestListingMs } = pace;
      const pauseMs = shortestListingMs + (longestListingMs - shortestListingMs) * random();
      if (this.awaited.size > 0) {
        this.awaitedAtMs = endedMs + this.awaitedPauseMs;
        this.awaitedPauseMs = Math.min(shortestListingMs, this.awaitedPauseMs * 2);
      }
      await this.pause({ earliestMs, latestMs: Math.max(earliestMs, endedMs + pauseMs) });
      while (queue.holdsListing) await clock.sleep(UNTAKEN_MS, signal);
    }
  }

  /** Until the next listing. Meanwhile children are asked for. */
  private async pause({ earliestMs, latestMs }: Due): Promise<void> {
    const { clock, signal } = this.context;
    for (;;) {
      const now = clock.elapsedMs();
      const asksForChildren = this.awaited.size < this.pages / 2;
      const soonMs = asksForChildren ? Infinity : Math.max(earliestMs, this.awaitedAtMs);
      const dueMs = Math.min(latestMs, soonMs);
      if (now >= dueMs) return;
      const next = asksForChildren ? this.nextToAsk() : undefined;
      if (next && next.asking.atMs <= now) {
        await this.askForChildren(next.id, next.asking);
        continue;
      }
      await this.alarm.sleep(Math.min(dueMs, next?.asking.atMs ?? Infinity) - now, signal);
    }
  }

  private nextToAsk(): { readonly id: string; readonly asking: Asking } | undefined {
    let next: { readonly id: string; readonly asking: Asking } | undefined;
    for (const [id, asking] of this.awaited) {
      if (asking.atMs < (next?.asking.atMs ?? Infinity)) next = { id, asking };
    }
    return next;
  }

  /** Again after 1, 2, 4 and 8 s, then the listings have to show them. */
  private async askForChildren(id: string, asking: Asking): Promise<void> {
    const { aws, streamArn, queue, clock, pace, signal } = this.context;
    try {
      const answer = await listChildren(aws, streamArn, id, signal);
      if (answer.shards.length > 0) queue.pushChildren(answer);
    } catch (error) {
      // Whether the shard or its stream is gone, the next listing tells.
      if (!(error instanceof AwsFault) || error.code !== 'ResourceNotFoundException') throw error;
    }
    asking.atMs = asking.pauseMs < pace.shortestListingMs ? clock.elapsedMs() + asking.pauseMs : Infinity;
    asking.pauseMs *= 2;
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
}
