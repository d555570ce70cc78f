import type { ExportWindow } from '../aws/services';
import type { Settings } from '../config';
import type { CheckpointWrite, StoredCheckpoint } from '../destinations/destination';
import { reload, ReplicatorError } from '../errors';
import { Gap, type GapReason } from '../stream/gap';
import type { VerifyRecord } from './verify-schedule';
import { tableOf } from '../observe/figures';
import { type GraphHead, ShardGraph } from '../stream/shard-graph';
import type { ChangeRate } from './heal/change-rate';
import type { GapHistory } from './heal/limits';

/** Why a generation began. */
export type GenerationReason = 'first load' | 'gap' | 'resync' | 'table replaced' | 'heal';

/** The export a generation loads. Times are epoch ms on the service's clock. */
export interface ExportState {
  /** Committed before the request is sent (rule A3). */
  readonly clientToken: string;
  /** T. A repeated request must not differ. */
  readonly exportTime: number;
  readonly bucket: string;
  readonly prefix: string | undefined;
  /** Committed right after the request. */
  readonly arn: string | undefined;
}

/** One incremental export of a heal. */
export interface HealWindow extends ExportWindow {
  /** Committed before the request is sent (rule A3). */
  readonly clientToken: string;
  /** Committed right after the request. */
  readonly arn: string | undefined;
}

/** A heal that is not published yet (rule G3). Times are epoch ms on the service's clock. */
export interface HealState {
  /** L: the watermark of the visible table. It stays the same until a heal or load is published. */
  readonly since: number;
  /** The gap, from its first to its last instant. */
  readonly gap: RecordedGap;
  readonly bucket: string;
  readonly prefix: string | undefined;
  /** Fixed once for a generation: lines of other windows would contradict each other. In the order of their times; none yet when empty. */
  readonly windows: readonly HealWindow[];
  /** An export failed: only another generation can heal. */
  readonly failed?: boolean;
  /** r: when the keys had been read again. */
  readonly rereadAt: number | undefined;
}

/** A gap found after the first publish: the pipeline is stopped until it is healed, or a resync. */
export interface RecordedGap {
  readonly reason: GapReason;
  readonly from: number;
  readonly to: number;
  readonly shardId: string | undefined;
}

/** A resync that failed, and no generation has been published since. */
export interface FailedResync {
  /** Epoch ms on the service's clock. */
  readonly at: number;
  /** The class of the error. */
  readonly error: string;
  /** Why, and what to do. */
  readonly message: string;
}

/** How a generation closes a gap, unasked. `undefined`: somebody has requested it. */
export function closes({ reason }: Pick<Checkpoint, 'reason'>): 'heal' | 'load' | undefined {
  if (reason === 'heal') return 'heal';
  return reason === 'gap' ? 'load' : undefined;
}

export function gapOf({ reason, from, to, shardId }: RecordedGap): Gap {
  return new Gap(reason, from, to, shardId);
}

/** The position of a pipeline (rule C1). With the ledger of loaded files it is the pipeline's whole state. */
export interface Checkpoint extends GapHistory {
  readonly format: 1;
  /** Number of this commit: recognises one whose outcome was unknown (rule C3). */
  readonly commit: number;
  readonly tableArn: string;
  readonly tableId: string | undefined;
  readonly streamArn: string;
  readonly generation: number;
  readonly reason: GenerationReason;
  /** `load`: the stream goes into the changes table; `stream`: into the visible table. */
  readonly phase: 'load' | 'stream';
  readonly graph: GraphHead;
  /** Number of the export within this generation: gives each its own token. */
  readonly exportAttempt: number;
  readonly export: ExportState | undefined;
  readonly published:
    | { readonly generation: number; readonly at: number; readonly exportTime: number }
    | undefined;
  readonly gap: RecordedGap | undefined;
  /** While a resync loads: the stream goes into the visible table too, from the positions that it had (rule P3). */
  readonly feedsVisible?: true | undefined;
  /** Until the next publish. */
  readonly resyncFailed?: FailedResync | undefined;
  /** Set while `reason` is `heal`, until the publish. */
  readonly heal?: HealState | undefined;
  /** How often the table changes. */
  readonly changeRate?: ChangeRate | undefined;
  /** Absent before the first verify, and in checkpoints of version 0.1.0. */
  readonly verify?: VerifyRecord | undefined;
}

/** A checkpoint and the shard graph that belongs to it. */
export interface PipelineState {
  readonly checkpoint: Checkpoint;
  readonly graph: ShardGraph;
}

/** Whether the visible table follows the stream, as long as nobody drops it. */
export function followsStream({ phase, feedsVisible }: Pick<Checkpoint, 'phase' | 'feedsVisible'>): boolean {
  return phase === 'stream' || feedsVisible === true;
}

/** Whether a gap ends the resync that loads, so that its visible table is healed, instead of a load from another export (rule P3). */
export function endsResync(
  { feedsVisible }: Pick<Checkpoint, 'feedsVisible'>,
  onGap: Settings['onGap'],
): boolean {
  return onGap === 'heal' && feedsVisible === true;
}

/**
 * Whether a resync that is requested now is served by the generation that loads (rule P3). A heal serves none: it keeps rows that have not
 * changed.
 */
export function servesResync({ checkpoint, graph }: PipelineState): boolean {
  const { gap, phase, reason } = checkpoint;
  // Without any shard, somebody has deleted the positions.
  return phase === 'load' && reason !== 'heal' && gap === undefined && graph.shards.size > 0;
}

/** The checkpoint's head is not in the format of this version. */
export class CheckpointUnreadable extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(pipeline: string, options?: ErrorOptions) {
    super(
      `The checkpoint of ${pipeline} was written by another version of the replicator, or changed by hand. Use the ` +
        `version that wrote it, or reload the table: ${reload(tableOf(pipeline))}`,
      options,
    );
  }
}

/** Somebody has deleted the shards of the checkpoint: nobody knows which records have been applied. */
export class ShardsMissing extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(pipeline: string) {
    super(
      `The position of ${pipeline} in its stream was deleted by hand: the bookkeeping has no shards for it. Reload the table: ` +
        reload(tableOf(pipeline)),
    );
  }
}

/** @throws CheckpointUnreadable, ShardsMissing */
export function readState(pipeline: string, stored: StoredCheckpoint): PipelineState {
  let state: PipelineState;
  try {
    state = stateIn(stored);
  } catch (error) {
    throw new CheckpointUnreadable(pipeline, { cause: error });
  }
  // A stream always has a shard.
  if (stored.shards.size === 0) throw new ShardsMissing(pipeline);
  return state;
}

/**
 * The state before a new generation, which needs neither the shards of the last one nor its head. `undefined`: the head
 * cannot be read.
 */
export function readStateToReload(stored: StoredCheckpoint): PipelineState | undefined {
  for (const shards of [stored.shards, new Map<string, string>()]) {
    try {
      return stateIn({ head: stored.head, shards });
    } catch {
      // Without the shards, or without any state.
    }
  }
  return undefined;
}

/** @throws when it cannot be read */
function stateIn({ head, shards }: StoredCheckpoint): PipelineState {
  const checkpoint = readHead(head);
  return { checkpoint, graph: ShardGraph.restore(checkpoint.graph, shards) };
}

/** The number of the commit; 0 if the head cannot be read. */
export function commitIn(head: string): number {
  try {
    return readHead(head).commit;
  } catch {
    return 0;
  }
}

/** Parses the head alone. @throws SyntaxError or RangeError when it is not a head */
export function readHead(head: string): Checkpoint {
  const checkpoint = JSON.parse(head) as Checkpoint;
  if (checkpoint.format !== 1) throw new RangeError(`checkpoint format ${String(checkpoint.format)}`);
  return checkpoint;
}

/** What to store when `next` follows `previous` (`undefined`: this generation has stored nothing yet). */
export function writeState(next: PipelineState, previous: PipelineState | undefined): CheckpointWrite {
  const checkpoint: Checkpoint = { ...next.checkpoint, graph: next.graph.head() };
  return { head: JSON.stringify(checkpoint), shards: next.graph.changedSince(previous?.graph) };
}
