import type { CheckpointWrite, PipelineStore } from '../destinations/destination';
import { type PipelineState, writeState } from './checkpoint';
import { Mutex } from '../mutex';
import { type RetryContext, storeOnce } from './destination-retry';

/**
 * The only place where a pipeline's state advances: one commit at a time, each with the rows it covers (rule C1). If a
 * commit's outcome is unknown, it is looked up by its number (rule C3).
 */
export class Committer {
  private readonly mutex = new Mutex();

  constructor(
    private readonly store: PipelineStore,
    private readonly context: RetryContext,
    private state: PipelineState,
  ) {}

  /** The last committed state. */
  get current(): PipelineState {
    return this.state;
  }

  /**
   * Commits the state that `next` returns. `write` stores it in one transaction, with the rows if there are any. It is
   * called again while the destination is unavailable.
   * @throws LeaseLost, and whatever `next` and `write` throw
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

  /** Adopts the state that `work` committed and returns, as a publish does. */
  replace(work: (state: PipelineState) => Promise<PipelineState>): Promise<void> {
    return this.mutex.run(async () => {
      this.state = await work(this.state);
    });
  }
}

export function numbered(state: PipelineState, commit: number): PipelineState {
  return { ...state, checkpoint: { ...state.checkpoint, commit } };
}
