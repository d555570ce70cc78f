import type { CheckpointWrite, PipelineStore } from '../destinations/destination';
import { type PipelineState, writeState } from './checkpoint';
import { Mutex } from '../mutex';
import { type RetryContext, storeOnce } from './destination-retry';

/**
 * The one place where a pipeline's state moves on: one commit at a time, each with the rows it covers (rule C1). A
 * commit whose outcome is unknown is looked up by its number (rule C3).
 */
export class Committer {
  private readonly mutex = new Mutex();

  constructor(
    private readonly store: PipelineStore,
    private readonly context: RetryContext,
    private state: PipelineState,
  ) {}

  /** What has been committed last. */
  get current(): PipelineState {
    return this.state;
  }

  /**
   * Commits what `next` makes of the state. `write` stores it, together with rows where there are any, in one
   * transaction; it is called again while the destination is unavailable.
   * @throws LeaseLost and what `next` and `write` throw
   */
  commit(
    signal: AbortSignal,
    next: (state: PipelineState) => PipelineState,
    write: (checkpoint: CheckpointWrite) => Promise<void> = (checkpoint) => this.store.save(checkpoint),
  ): Promise<void> {
    return this.mutex.run(async () => {
      const proposed = numbered(next(this.state), this.state.checkpoint.commit + 1);
      const checkpoint = writeState(proposed, this.state);
      const { context, store } = this;
      await storeOnce({ context, store, signal }, proposed.checkpoint.commit, () => write(checkpoint));
      this.state = proposed;
    });
  }

  /** Takes over a state that something else has committed, such as a publish: `work` returns it. */
  replace(work: (state: PipelineState) => Promise<PipelineState>): Promise<void> {
    return this.mutex.run(async () => {
      this.state = await work(this.state);
    });
  }
}

export function numbered(state: PipelineState, commit: number): PipelineState {
  return { ...state, checkpoint: { ...state.checkpoint, commit } };
}
