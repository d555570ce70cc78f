import { backoffMs } from '../backoff';
import type { Pace } from './pace';

/** What DescribeStream shows at most (AWS guide "Service quotas"). */
const SHARDS_A_PAGE = 100;

interface Asking {
  atMs: number;
  /** Answers that have come. */
  answers: number;
}

/** A shard whose children are asked for at that time of the local clock, ms. */
export interface NextToAsk {
  readonly shardId: string;
  readonly atMs: number;
}

/**
 * Whose children to ask for, and when (rule S3): again and again, at growing pauses, until they are known. No clock and no
 * requests: what happens is reported, and the local time passed in.
 */
export class AwaitedChildren {
  private askings = new Map<string, Asking>();
  private pages = 1;

  constructor(private readonly pace: Pick<Pace, 'shortestAskingMs' | 'longestAskingMs'>) {}

  get isEmpty(): boolean {
    return this.askings.size === 0;
  }

  /** One request for each costs less than half a listing. Otherwise a listing shows them. */
  get areAskedFor(): boolean {
    return this.askings.size < this.pages / 2;
  }

  /** A complete listing showed so many shards. */
  listed(shards: number): void {
    this.pages = Math.floor(shards / SHARDS_A_PAGE) + 1;
  }

  /** The shards whose children are awaited now. Returns whether one of them is new: it is asked about at once. */
  follow(shardIds: readonly string[], now: number): boolean {
    const askings = new Map<string, Asking>();
    let hasNew = false;
    for (const id of shardIds) {
      const known = this.askings.get(id);
      askings.set(id, known ?? { atMs: now, answers: 0 });
      hasNew ||= known === undefined;
    }
    this.askings = askings;
    return hasNew;
  }

  /** The one that has waited longest; none while listings have to show the children. */
  next(): NextToAsk | undefined {
    if (!this.areAskedFor) return undefined;
    let next: NextToAsk | undefined;
    for (const [shardId, { atMs }] of this.askings) {
      if (atMs < (next?.atMs ?? Infinity)) next = { shardId, atMs };
    }
    return next;
  }

  /** An answer about its children has come: it is asked about again after a pause, unless they are known by then. */
  asked(shardId: string, now: number): void {
    const asking = this.askings.get(shardId);
    if (!asking) return;
    asking.answers += 1;
    const { shortestAskingMs: firstMs, longestAskingMs: longestMs } = this.pace;
    asking.atMs = now + backoffMs(asking.answers, { firstMs, longestMs });
  }
}
