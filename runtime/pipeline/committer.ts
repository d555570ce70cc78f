import type { CheckpointWrite, Lease } from '../destinations/destination';
import { type Standing, writeStanding } from './checkpoint';
import { Mutex } from '../mutex';
import { type RetryContext, storeOnce } from './destination-retry';

/**
 * The one place where a pipeline's standing moves on: one commit at a time, each with the rows it covers (rule C1). A
 * commit whose outcome is unknown is looked up by its number (rule C3).
 */
export class Committer {
  private readonly mutex = new Mutex();

  constructor(
    private readonly lease: Lease,
    private readonly context: RetryContext,
    private standing: Standing,
  ) {}

  /** What has been committed last. */
  get current(): Standing {
    return this.standing;
  }

  /**
   * Commits what `next` makes of the standing. `write` stores it, together with rows where there are any, in one
   * transaction; it is called again while the destination is unavailable.
   * @throws LeaseLost and what `next` and `write` throw
   */
  commit(
    signal: AbortSignal,
    next: (standing: Standing) => Standing,
    write: (checkpoint: CheckpointWrite) => Promise<void> = (checkpoint) => this.lease.save(checkpoint),
  ): Promise<void> {
    return this.mutex.run(async () => {
      const proposed = numbered(next(this.standing), this.standing.checkpoint.commit + 1);
      const checkpoint = writeStanding(proposed, this.standing);
      await storeOnce(this.context, this.lease, proposed.checkpoint.commit, signal, () => write(checkpoint));
      this.standing = proposed;
    });
  }

  /** Takes over a standing that something else has committed, such as a publish: `work` returns it. */
  replace(work: (standing: Standing) => Promise<Standing>): Promise<void> {
    return this.mutex.run(async () => {
      this.standing = await work(this.standing);
    });
  }
}

export function numbered(standing: Standing, commit: number): Standing {
  return { ...standing, checkpoint: { ...standing.checkpoint, commit } };
}
