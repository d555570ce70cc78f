/** How often a stream is polled. Times in ms. */
export interface Pace {
  /** Between two reads of a busy shard, and after the first empty answers. */
  readonly shortestPauseMs: number;
  /** Between two reads of an idle shard, as reads are billed. */
  readonly longestPauseMs: number;
  /** Between two complete listings, at least and at most (rule W1). */
  readonly shortestListingMs: number;
  readonly longestListingMs: number;
  /** First pause before another listing while a child is awaited (rule S3). It doubles up to `shortestListingMs`. */
  readonly awaitedListingMs: number;
  /** Between two requests for the children of one shard (rule S3): the first pause; it doubles up to the longest. */
  readonly shortestAskingMs: number;
  readonly longestAskingMs: number;
}

/** At most two readers a shard (AWS guide "DynamoDB Streams"). No rate of reads is documented: we stay at four a second. */
export const DEFAULT_PACE: Pace = {
  shortestPauseMs: 250,
  longestPauseMs: 5_000,
  shortestListingMs: 15_000,
  longestListingMs: 30_000,
  awaitedListingMs: 1_000,
  shortestAskingMs: 1_000,
  longestAskingMs: 15_000,
};

const GROWTH = 1.5;
const SHRINKAGE = 4;
const JITTER = 0.2;

/** The pause between two reads of one shard: longer after each empty answer, shorter after each one with records. */
export class ReadPause {
  private ms: number;

  constructor(
    private readonly pace: Pace,
    private readonly random: () => number,
  ) {
    this.ms = pace.shortestPauseMs;
  }

  afterEmpty(): number {
    const pause = this.jittered();
    this.ms = Math.min(this.pace.longestPauseMs, this.ms * GROWTH);
    return pause;
  }

  afterRecords(): number {
    this.ms = Math.max(this.pace.shortestPauseMs, this.ms / SHRINKAGE);
    return this.jittered();
  }

  /** Whether the pause has reached its maximum, after many empty answers. */
  get isLongest(): boolean {
    return this.ms >= this.pace.longestPauseMs;
  }

  private jittered(): number {
    const spread = this.ms * (1 + JITTER * (this.random() - 0.5));
    return Math.min(this.pace.longestPauseMs, Math.max(this.pace.shortestPauseMs, spread));
  }
}
