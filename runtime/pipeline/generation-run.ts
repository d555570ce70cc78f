import type { PipelineStore } from '../destinations/destination';
import type { Phase } from '../observe/events';
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
  /** Until the publish: the visible table follows the stream too (rule P3), and was there when the generation began to run. */
  readonly feedsVisible: boolean;
}

/** Reports what the generation does now. */
export function enterPhase(
  { context: { events, pipeline }, committer, feedsVisible }: Omit<GenerationRun, 'signal'>,
  phase: Phase,
): void {
  const { generation } = committer.current.checkpoint;
  const follows = feedsVisible && phase !== 'stream';
  events.emit('pipeline.phase', { pipeline, phase, generation, ...(follows && { follows }) });
}
