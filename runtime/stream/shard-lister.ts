import { type Backoff, backoffMs } from '../backoff';
import { AwsFault } from '../aws/faults';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import { InterruptibleSleep } from './interruptible-sleep';
import type { AwaitedChildren } from './awaited-children';
import { Gap } from './gap';
import { listShards } from './listing';
import type { Pace } from './pace';
import type { PageQueue } from './page-queue';
import type { Listing, ShardGraph } from './shard-graph';

/** Listings take at most a fifth of the time, as all tables of the process share a limit of calls. */
const PAUSE_A_DURATION = 4;
/** Needed when one late answer made a listing last hours. */
const LONGEST_PAUSE_MS = 10 * 60_000;
/** Pause before checking again whether the last listing has been taken. */
const UNTAKEN_MS = 1_000;

export interface ListerContext {
  readonly aws: AwsServices;
  readonly clock: Clock;
  readonly streamArn: string;
  readonly queue: PageQueue;
  readonly pace: Pace;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The present graph, once there is one. */
  graph(): ShardGraph | undefined;
  onListed(listing: Listing): void;
}

/** When the next listing begins unless a child is awaited, and the earliest time for it. In ms on the local clock. */
interface Due {
  readonly latestMs: number;
  readonly earliestMs: number;
}

/**
 * Puts complete listings into the queue, with pauses of 15–30 s (rule W1) or four times as long as the last one took.
 * Lists sooner while children are awaited that ChildAsker does not ask for (rule S3).
 */
export class ShardLister {
  private readonly pause: InterruptibleSleep;
  private awaitedAtMs = Infinity;
  /** Listings that have ended since `wake` was last called. */
  private awaitedListings = 0;

  constructor(
    private readonly context: ListerContext,
    private readonly awaited: AwaitedChildren,
  ) {
    this.pause = new InterruptibleSleep(context.clock);
  }

  /** Reports that another shard waits for a child. */
  wake(): void {
    this.awaitedListings = 0;
    this.awaitedAtMs = this.context.clock.elapsedMs();
    this.pause.wake();
  }

  /** Lists until the signal aborts. @throws Gap when the stream is gone, AwsFault, or the signal's reason */
  async run(): Promise<void> {
    const { queue, clock, pace, random, signal } = this.context;
    for (;;) {
      const startedMs = clock.elapsedMs();
      const listing = await this.list();
      if (listing) {
        this.context.onListed(listing);
        queue.pushListing(listing);
      }
      const endedMs = clock.elapsedMs();
      const earliestMs = endedMs + Math.min(LONGEST_PAUSE_MS, PAUSE_A_DURATION * (endedMs - startedMs));
      const { shortestListingMs, longestListingMs } = pace;
      const pauseMs = shortestListingMs + (longestListingMs - shortestListingMs) * random();
      this.awaitedListings += 1;
      const pauses: Backoff = { firstMs: pace.awaitedListingMs, longestMs: shortestListingMs };
      this.awaitedAtMs = endedMs + backoffMs(this.awaitedListings, pauses);
      await this.untilDue({ earliestMs, latestMs: Math.max(earliestMs, endedMs + pauseMs) });
      while (queue.holdsListing) await clock.sleep(UNTAKEN_MS, signal);
    }
  }

  /** Sleeps until the next listing is due. */
  private async untilDue({ earliestMs, latestMs }: Due): Promise<void> {
    const { clock, signal } = this.context;
    for (;;) {
      const isAwaited = !this.awaited.isEmpty && !this.awaited.areAskedFor;
      const dueMs = isAwaited ? Math.min(latestMs, Math.max(earliestMs, this.awaitedAtMs)) : latestMs;
      const leftMs = dueMs - clock.elapsedMs();
      if (leftMs <= 0) return;
      await this.pause.sleep(leftMs, signal);
    }
  }

  /** Returns `undefined` if the stream was disabled, read to its end, and is now gone: that is no gap. */
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
