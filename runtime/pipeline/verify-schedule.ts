import { createHash } from 'node:crypto';
import type { VerifyOutcome } from '../observe/verify-outcome';

/** What the checkpoint remembers of verifies, so that their schedule survives a restart. Times are epoch ms on the service's clock. */
export interface VerifyRecord {
  /** The last one that had a result. */
  readonly last?: VerifyOutcome | undefined;
  /** Scheduled ones since then, none of which had a result. */
  readonly unfinished?: UnfinishedVerifies | undefined;
}

export interface UnfinishedVerifies {
  readonly count: number;
  /** When the last one failed, or began if nothing says how it ended: the process or generation did not outlive it. */
  readonly at: number;
  readonly failed: boolean;
}

export interface VerifySchedule {
  readonly everyMs: number;
  /** From 0 up to 1, another for each table, so that they are not verified at the same time. */
  readonly spread: number;
}

const HOUR_MS = 3_600_000;
const LONGEST_RETRY_MS = 24 * HOUR_MS;
/** Part of the interval by which the spread may shorten it. */
const SHORTENED = 0.1;

/** A scheduled verify begins. It counts as unfinished until its end is recorded. */
export function verifyBegan(record: VerifyRecord = {}, at: number): VerifyRecord {
  return { ...record, unfinished: { count: (record.unfinished?.count ?? 0) + 1, at, failed: false } };
}

export function verifyFailed(record: VerifyRecord = {}, at: number): VerifyRecord {
  return { ...record, unfinished: { count: record.unfinished?.count ?? 1, at, failed: true } };
}

/** A verify, scheduled or requested by a user, has a result. */
export function verifyFinished(last: VerifyOutcome): VerifyRecord {
  return { last };
}

/**
 * When the next scheduled verify is due, epoch ms:
 * - at most `everyMs` after the end of the last one;
 * - at first, between half of `everyMs` and all of it after the publish;
 * - after one that failed, not before `everyMs` has passed, and later while they go on failing;
 * - after one that was interrupted, soon, but later each time, as each may have paid for an export;
 * - never at once when the process starts: all tables may be overdue.
 * @param runningSince when this process began to follow the table, epoch ms
 */
export function nextVerify(
  { everyMs, spread }: VerifySchedule,
  record: VerifyRecord | undefined,
  { publishedAt, runningSince }: { readonly publishedAt: number; readonly runningSince: number },
): number {
  const earliest = runningSince + Math.min(everyMs * SHORTENED, HOUR_MS) * spread;
  return Math.max(earliest, dueAt({ everyMs, spread }, record, publishedAt));
}

function dueAt(
  { everyMs, spread }: VerifySchedule,
  { last, unfinished }: VerifyRecord = {},
  publishedAt: number,
): number {
  if (unfinished !== undefined) {
    const pauseMs = Math.min(HOUR_MS * 2 ** (unfinished.count - 1), LONGEST_RETRY_MS);
    return unfinished.at + (unfinished.failed ? Math.max(everyMs, pauseMs) : Math.min(everyMs, pauseMs));
  }
  if (last !== undefined) return last.at + everyMs * (1 - SHORTENED * spread);
  return publishedAt + (everyMs * (1 + spread)) / 2;
}

/** The spread of a pipeline: always the same for its id. */
export function spreadOf(pipeline: string): number {
  return createHash('sha256').update(pipeline).digest().readUIntBE(0, 6) / 2 ** 48;
}
