import { type Backoff, backoffMs } from '../backoff';
import type { Clock } from '../clock';
import type { PipelineStore } from '../destinations/destination';
import { CommitOutcomeUnknown, DestinationUnavailable, LeaseLost } from '../destinations/errors';
import type { Events } from '../observe/events';
import { commitIn } from './checkpoint';

const BACKOFF: Backoff = { firstMs: 500, longestMs: 30_000 };

export interface RetryContext {
  readonly pipeline: string;
  readonly clock: Clock;
  readonly events: Events;
}

/**
 * Runs `work` against the destination and retries while the destination is unreachable, full or busy. Waiting loses nothing:
 * the checkpoint keeps its position, and rule G1 watches the time. `work` is also retried when its outcome is unknown, so
 * it must be safe to run twice. A commit is not; see `storeOnce`.
 */
export async function whileUnavailable<T>(
  context: RetryContext,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DestinationUnavailable || error instanceof CommitOutcomeUnknown)) throw error;
      const waitMs = backoffMs(attempt, BACKOFF);
      const { pipeline, clock, events } = context;
      events.emit('destination.retry', { pipeline, attempt, waitMs, message: error.message });
      await clock.sleep(waitMs, signal);
    }
  }
}

/** What storing a checkpoint needs. */
interface StoreOnce {
  readonly context: RetryContext;
  readonly store: PipelineStore;
  readonly signal: AbortSignal;
}

/**
 * Stores the checkpoint with this commit number. If the outcome is unknown, reads the checkpoint back before trying again
 * (rule C3).
 * @throws LeaseLost when another writer has stored something else
 */
export async function storeOnce(
  { context, store, signal }: StoreOnce,
  commit: number,
  write: () => Promise<void>,
): Promise<void> {
  let isInDoubt = false;
  await whileUnavailable(context, signal, async () => {
    if (isInDoubt && (await isStored(context, store, commit))) return;
    try {
      await write();
    } catch (error) {
      isInDoubt ||= error instanceof CommitOutcomeUnknown;
      throw error;
    }
  });
}

async function isStored({ pipeline }: RetryContext, store: PipelineStore, commit: number): Promise<boolean> {
  const stored = await store.readCheckpoint();
  const found = stored === undefined ? 0 : commitIn(stored.head);
  if (found === commit) return true;
  if (found === commit - 1) return false;
  throw new LeaseLost(pipeline, store.epoch);
}
