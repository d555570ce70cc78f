import { backoffMs } from '../backoff';
import type { Pace } from './pace';

/** The most that DescribeStream returns (AWS guide "Service quotas"). */
const SHARDS_A_PAGE = 100;

interface Asking {
  atMs: number;
  /** Number of answers so far. */
  answers: number;
}

/** A shard whose children to ask for, and when, in ms on the local clock. */
export interface NextToAsk {
  readonly shardId: string;
  readonly atMs: number;
}

/**
 * Schedules the requests for the children of shards (rule S3): repeatedly, with growing pauses, until the children are known.
 * Has no clock and sends no requests: events are reported to it, and the local time is passed in.
 */
export class AwaitedChildren {
  private askings = new Map<string, Asking>();
  private pages = 1;

  constructor(private readonly pace: Pick<Pace, 'shortestAskingMs' | 'longestAskingMs'>) {}

  get isEmpty(): boolean {
    return this.askings.size === 0;
  }

  /** Whether one request for each costs less than half a listing. Otherwise a listing has to show the children. */
  get areAskedFor(): boolean {
    return this.askings.size < this.pages / 2;
  }

  /** Reports the number of shards in a complete listing. */
  listed(shards: number): void {
    this.pages = Math.floor(shards / SHARDS_A_PAGE) + 1;
  }

  /** Sets the shards whose children are awaited. Returns whether one is new: it is asked about at once. */
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

  /** The shard to ask about next; `undefined` while listings have to show the children. */
  next(): NextToAsk | undefined {
    if (!this.areAskedFor) return undefined;
    let next: NextToAsk | undefined;
    for (const [shardId, { atMs }] of this.askings) {
      if (atMs < (next?.atMs ?? Infinity)) next = { shardId, atMs };
    }
    return next;
  }

  /** Reports an answer about a shard's children. It is asked about again after a pause unless they are known by then. */
  asked(shardId: string, now: number): void {
    const asking = this.askings.get(shardId);
    if (!asking) return;
    asking.answers += 1;
    const { shortestAskingMs: firstMs, longestAskingMs: longestMs } = this.pace;
    asking.atMs = now + backoffMs(asking.answers, { firstMs, longestMs });
  }
}
