import { type Backoff, backoffMs } from '../backoff';
import type { Clock } from '../clock';
import { CommitOutcomeUnknown, DestinationUnavailable } from '../destinations/errors';
import { ColumnsNotSettled, DataFileCorrupt } from './errors';

/** A damaged response may be a network error. After this many, the file itself is damaged. */
const MOST_DAMAGED = 3;
/**
 * A file widens the columns at most twice: once for what it holds, and once more when meanwhile the table has run out of columns, so that
 * the file's types for some of them were forgotten (`Catalog.merge`). Then the table has its shared column, and forgets no more types. A
 * damaged response can look like a file that needs other columns.
 */
const MOST_WIDENINGS = 2 + MOST_DAMAGED - 1;
const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 30_000 };

/** The columns that a transaction began with do not hold a file: widen them, and read it again. Never leaves the pipeline. */
export class ColumnsTooNarrow extends Error {
  override readonly name = 'ColumnsTooNarrow';

  /** @param file its key in the bucket */
  constructor(readonly file: string) {
    super('wider columns are needed');
  }
}

/**
 * Counts the failed attempts to store data files, and decides about the next one. Immutable. Each file has its own limits; an unreachable
 * destination is waited for without one, since waiting loses nothing.
 */
export class FileAttempts {
  private constructor(
    private readonly bucket: string,
    private readonly damaged: ReadonlyMap<string, number>,
    private readonly narrow: ReadonlyMap<string, number>,
    /** Failures in a row, besides those of narrow columns. */
    readonly failures: number,
    /** Before the next attempt. */
    readonly waitMs: number,
  ) {}

  static of(bucket: string): FileAttempts {
    return new FileAttempts(bucket, new Map(), new Map(), 0, 0);
  }

  /** An attempt has stored something. */
  succeeded(): FileAttempts {
    return new FileAttempts(this.bucket, this.damaged, this.narrow, 0, 0);
  }

  /** @throws ColumnsNotSettled, and `error` if no other attempt can help */
  failed(error: unknown): FileAttempts {
    if (error instanceof ColumnsTooNarrow) return this.widened(error.file);
    let { damaged } = this;
    if (error instanceof DataFileCorrupt) {
      damaged = countedUp(damaged, error.file);
      if ((damaged.get(error.file) as number) >= MOST_DAMAGED) throw error;
    } else if (!(error instanceof DestinationUnavailable || error instanceof CommitOutcomeUnknown)) {
      throw error;
    }
    const failures = this.failures + 1;
    return new FileAttempts(this.bucket, damaged, this.narrow, failures, backoffMs(failures, BACKOFF));
  }

  private widened(file: string): FileAttempts {
    const narrow = countedUp(this.narrow, file);
    if ((narrow.get(file) as number) > MOST_WIDENINGS)
      throw new ColumnsNotSettled(`s3://${this.bucket}/${file}`, MOST_WIDENINGS);
    return new FileAttempts(this.bucket, this.damaged, narrow, this.failures, 0);
  }
}

function countedUp(counts: ReadonlyMap<string, number>, file: string): ReadonlyMap<string, number> {
  return new Map(counts).set(file, (counts.get(file) ?? 0) + 1);
}

export interface Repeating {
  /** Of the files. */
  readonly bucket: string;
  readonly clock: Clock;
  readonly onRetry: (attempt: number, waitMs: number, error: Error) => void;
  readonly signal: AbortSignal;
}

/** One or several data files to store. Both report whether all of them are stored. */
export interface FileWork {
  /** @throws ColumnsTooNarrow after widening the columns, or when the next attempt will */
  readonly attempt: () => Promise<boolean>;
  /** A failed attempt may have been committed (rule C3): the ledger shows it. */
  readonly lookUp: () => Promise<boolean>;
}

/**
 * Repeats attempts to store data files until all are stored: those of a full export and of a heal.
 * @throws DataFileCorrupt after three attempts, ColumnsNotSettled, the signal's reason, and whatever no other attempt can help
 */
export async function untilStored(
  { bucket, clock, onRetry, signal }: Repeating,
  { attempt, lookUp }: FileWork,
): Promise<void> {
  let attempts = FileAttempts.of(bucket);
  for (let stored = false; !stored; ) {
    signal.throwIfAborted();
    try {
      stored = await attempt();
      attempts = attempts.succeeded();
    } catch (error) {
      attempts = attempts.failed(error);
      if (attempts.waitMs === 0) continue;
      onRetry(attempts.failures, attempts.waitMs, error as Error);
      await clock.sleep(attempts.waitMs, signal);
      stored = await lookUp();
    }
  }
}
