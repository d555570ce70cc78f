import type { PipelineRecord, StoredCheckpoint } from '../destinations/destination';
import { ReplicatorError, withResync } from '../errors';
import { bookkeepingProblem, isCheckpointDeleted } from './bookkeeping-problem';
import { tableOf } from '../observe/figures';
import { health } from '../observe/health';
import { type AwsRetry, hoursUntilLoss, type PipelineStatus } from '../observe/status';
import type { VerifyOutcome } from '../observe/verify-outcome';
import {
  type FailedResync,
  followsStream,
  gapOf,
  type PipelineState,
  readState,
} from '../pipeline/checkpoint';

/** `following`: everything is staged and read, and the stream has to pass it before the publish. */
export type HealStep =
  | 'starting'
  | 'exporting'
  | 'staging'
  | 'reading keys again'
  | 'following'
  | 'publishing';

/** The state of a pipeline, for people and programs. Times are ISO 8601; `null` means unknown. */
export interface PipelineReport {
  readonly pipeline: string;
  readonly table: string;
  /** False when no replicator is running; the report is then read from the destination. */
  readonly running: boolean;
  /**
   * `start`, `export`, `load`, `publish`, `stream`, `waiting` to retry after an error, `stopped`, or `gap`, which needs a
   * resync.
   */
  readonly phase: string;
  readonly generation: number;
  /** The gap that is being healed, from its first to its last instant; null without one. */
  readonly healing: {
    readonly from: string;
    readonly to: string;
    /** What the heal does now; null when no replicator is running. */
    readonly step: HealStep | null;
    /** Keys that it has read again so far; null before. */
    readonly keysReread: number | null;
  } | null;
  /** Null when somebody deleted the checkpoint, which has their number. */
  readonly rows: number | null;
  readonly deadLetters: number;
  /** Everything written before it is in the visible table. Null while a generation loads beside that table. */
  readonly watermark: string | null;
  /** While a generation loads: changes up to this time are kept for its publish. */
  readonly recordedUntil: string | null;
  /**
   * Age of either of them: a minute at least, and more with many shards, as it takes two listings of them (rule W1). Negative if it is ahead
   * of this machine's clock, by which it is measured while no replicator is running.
   */
  readonly watermarkAgeMs: number | null;
  /** Time between the last two listings of the shards. */
  readonly listingEveryMs: number | null;
  readonly lagMs: number | null;
  /** Hours until DynamoDB drops stream records that have not been applied; 0 when it may already have. */
  readonly hoursUntilLoss: number | null;
  /** The last verify with a result; null before the first. */
  readonly lastVerify: (Omit<VerifyOutcome, 'at'> & { readonly at: string }) | null;
  /** When a running replicator verifies the table next; null without a schedule. */
  readonly nextVerify: string | null;
  /** The last resync failed, and no other generation has been published since; null otherwise. */
  readonly resyncFailed: (Omit<FailedResync, 'at'> & { readonly at: string }) | null;
  readonly waiting: string | null;
  /** What has made commits slower for an hour or more. */
  readonly slowedBy: string | null;
  readonly error: string | null;
  /** A resync repairs what is stored: after a gap, or when somebody changed the bookkeeping. */
  readonly needsResync: boolean;
  readonly alive: boolean;
  readonly ready: boolean;
  /** Columns whose name differs from their attribute's. */
  readonly renamed: Readonly<Record<string, string>>;
}

/** What is known only while the pipeline runs. */
export interface Live {
  readonly status: PipelineStatus;
  /** The present time on the local clock. */
  readonly elapsedMs: number;
  /** The last failed AWS call for this table. */
  readonly retry: AwsRetry | undefined;
}

/**
 * @param now epoch ms
 * @param resync the command that reloads the table
 */
export function reportOf(
  pipeline: string,
  record: PipelineRecord | undefined,
  live: Live | undefined,
  now: number,
  resync?: string,
): PipelineReport {
  const { state, unreadable } = stateIn(pipeline, record?.checkpoint);
  const gap = state?.checkpoint.gap;
  /** What a resync repairs. */
  const repaired =
    unreadable?.message ?? (gap && gapOf(gap).message) ?? (record && bookkeepingProblem(pipeline, record));
  const watermark = live?.status.watermark ?? state?.graph.watermark();
  const known = watermark !== undefined && Number.isFinite(watermark) ? watermark : undefined;
  const at = known === undefined ? null : new Date(known).toISOString();
  const phase = unreadable === undefined ? state?.checkpoint.phase : 'stream';
  const isVisible = state === undefined || followsStream(state.checkpoint);
  const lastVerify = state?.checkpoint.verify?.last;
  const nextVerify = live?.status.stopped ? undefined : live?.status.verifySchedule?.next;
  const liveness = live && health(live.status, live.elapsedMs, live.retry);
  return {
    pipeline,
    table: tableOf(pipeline),
    running: live !== undefined && !live.status.stopped,
    phase: gap ? 'gap' : phaseOf(live?.status, phase),
    generation: state?.checkpoint.generation ?? live?.status.generation ?? 0,
    healing: gap === undefined ? healingOf(state, live?.status) : null,
    rows: record && isCheckpointDeleted(record) ? null : (record?.rows ?? 0),
    deadLetters: record?.deadLetters ?? 0,
    watermark: isVisible ? at : null,
    recordedUntil: isVisible ? null : at,
    watermarkAgeMs: known === undefined ? null : now - known,
    listingEveryMs: live?.status.listingEveryMs ?? null,
    lagMs: (live?.status.error === undefined ? live?.status.lagMs : undefined) ?? null,
    hoursUntilLoss: known === undefined ? null : Math.max(0, hoursUntilLoss(known, now)),
    lastVerify:
      lastVerify === undefined ? null : { ...lastVerify, at: new Date(lastVerify.at).toISOString() },
    nextVerify: nextVerify === undefined ? null : new Date(nextVerify).toISOString(),
    resyncFailed: resyncFailedIn(state, resync),
    waiting: live?.status.waiting?.reason ?? live?.status.destinationUnreachable ?? null,
    slowedBy: record?.slowedBy ?? null,
    error: live?.status.error?.message ?? completed(record?.problem ?? repaired, resync) ?? null,
    needsResync: repaired !== undefined,
    alive: liveness?.alive ?? false,
    ready: liveness?.ready ?? false,
    renamed: Object.fromEntries(
      (record?.columns ?? [])
        .filter(({ role, attribute, name }) => role !== 'rest' && role !== 'document' && attribute !== name)
        .map(({ attribute, name }) => [attribute, name]),
    ),
  };
}

function healingOf(
  state: PipelineState | undefined,
  status: PipelineStatus | undefined,
): PipelineReport['healing'] {
  const heal = state?.checkpoint.heal;
  if (heal === undefined) return null;
  const { from, to } = heal.gap;
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    step: status === undefined || status.stopped ? null : stepOf(status, heal.rereadAt !== undefined),
    keysReread: status?.keysReread ?? null,
  };
}

function stepOf({ keysReread, phase }: PipelineStatus, isReread: boolean): HealStep {
  switch (phase) {
    case 'starting':
    case 'start':
      return 'starting';
    case 'export':
      return 'exporting';
    case 'load':
      if (isReread) return 'following';
      return keysReread === undefined ? 'staging' : 'reading keys again';
    case 'publish':
    case 'stream':
      return 'publishing';
  }
}

function resyncFailedIn(
  state: PipelineState | undefined,
  resync: string | undefined,
): PipelineReport['resyncFailed'] {
  const failed = state?.checkpoint.resyncFailed;
  if (failed === undefined) return null;
  const { at, error, message } = failed;
  return { at: new Date(at).toISOString(), error, message: completed(message, resync) ?? message };
}

function completed(message: string | undefined, resync: string | undefined): string | undefined {
  return resync === undefined ? message : message && withResync(message, () => resync);
}

/** The stored state, or why it cannot be read. One pipeline's does not keep the others from being shown. */
function stateIn(
  pipeline: string,
  stored: StoredCheckpoint | undefined,
): { readonly state?: PipelineState | undefined; readonly unreadable?: ReplicatorError } {
  try {
    return { state: stored && readState(pipeline, stored) };
  } catch (error) {
    if (!(error instanceof ReplicatorError)) throw error;
    return { unreadable: error };
  }
}

function phaseOf(status: PipelineStatus | undefined, stored: 'load' | 'stream' | undefined): string {
  if (status && !status.stopped) {
    if (status.error === undefined) return status.phase;
    return status.error.againMs === undefined ? 'stopped' : 'waiting';
  }
  return stored === undefined ? 'start' : 'stopped';
}
