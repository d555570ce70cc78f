import type { PipelineStore } from '../destinations/destination';
import type { Committer } from './committer';
import type { PipelineContext } from './context';
import type { TableWriter } from './table-writer';

/** What a pipeline needs while it holds the lease. */
export interface StoreRun {
  readonly context: PipelineContext;
  readonly store: PipelineStore;
  readonly writer: TableWriter;
  /** Ends the work: every wait throws its reason. */
  readonly signal: AbortSignal;
}

/** What the tasks of a running generation share. */
export interface GenerationRun extends StoreRun {
  readonly committer: Committer;
}
