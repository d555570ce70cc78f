/** How often a stream is asked. Times in milliseconds. */
export interface Pace {
  /** Between two reads of a busy shard, and between two empty answers at first. */
  readonly shortestPauseMs: number;
  /** Between two reads of an idle shard: reads are billed. */
  readonly longestPauseMs: number;
  /** Complete listings: at least and at most this far apart (rule W1). */
  readonly shortestListingMs: number;
  readonly longestListingMs: number;
  /** The first pause before listing again when a child is awaited (rule S3); it doubles up to `shortestListingMs`. */
  readonly awaitedListingMs: number;
  /** Between two requests for the children of one shard (rule S3): the first pause, which doubles up to the longest. */
  readonly shortestAskingMs: number;
  readonly longestAskingMs: number;
}

/** AWS guide "DynamoDB Streams": at most two readers a shard; no rate of reads is documented, so at most four a second. */
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

/** The pause between two reads of one shard: longer with each empty answer, shorter with each record. */
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

  /** Many answers in a row were empty. */
  get isLongest(): boolean {
    return this.ms >= this.pace.longestPauseMs;
  }

  private jittered(): number {
    const spread = this.ms * (1 + JITTER * (this.random() - 0.5));
    return Math.min(this.pace.longestPauseMs, Math.max(this.pace.shortestPauseMs, spread));
  }
}
