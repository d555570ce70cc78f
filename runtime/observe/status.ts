import { finalMessage, ReplicatorError } from '../errors';
import type { EventMap, EventName, Events, Phase } from './events';
import { tableOf } from './figures';

/** The state of a pipeline, derived from its events. Everything that an observer shows comes from it. */
export interface PipelineStatus {
  readonly pipeline: string;
  /** `starting` until the first phase begins. */
  readonly phase: Phase | 'starting';
  readonly generation: number;
  /** The visible table follows the stream. */
  readonly follows: boolean;
  /** Rows at the last publish of this process. */
  readonly rowsPublished: number | undefined;
  /** Stream records, and the row changes that they led to, since the process started. */
  readonly records: number;
  readonly changes: number;
  readonly deadLetters: number;
  /** Lag of the last batch. */
  readonly lagMs: number | undefined;
  /** Time of the last batch on the local clock. */
  readonly batchAtMs: number | undefined;
  /** Epoch ms. */
  readonly watermark: number | undefined;
  readonly openShards: number | undefined;
  /** Time of the last listing of the shards on the local clock, and the time between the last two listings. */
  readonly listedAtMs: number | undefined;
  readonly listingEveryMs: number | undefined;
  readonly exporting: { readonly exportArn: string; readonly elapsedMs: number } | undefined;
  readonly load: LoadStatus | undefined;
  /** Keys that a heal has read again so far. */
  readonly keysReread: number | undefined;
  readonly waiting: Wait | undefined;
  /** Why the destination accepts no writes at present. */
  readonly destinationUnreachable: string | undefined;
  readonly verifying: string | undefined;
  /** Undefined without a schedule. Times are epoch ms on AWS's clock. */
  readonly verifySchedule:
    | { readonly next: number; readonly since: number; readonly differences: number | undefined }
    | undefined;
  readonly error: FailureStatus | undefined;
  /** Stream records are lost, no later generation has been published, and none is healing it. */
  readonly hasGap: boolean;
  /** The gap that is being healed, from its first to its last instant (epoch ms). */
  readonly healing: { readonly from: number; readonly to: number } | undefined;
  readonly stopped: boolean;
  /** Time of the last progress on the local clock. */
  readonly progressAtMs: number;
}

export interface Wait {
  readonly reason: string;
  readonly until: number | undefined;
  /** It ends only with its generation. */
  readonly lasts?: boolean;
}

export interface FailureStatus {
  readonly name: string;
  readonly kind: string;
  readonly message: string;
  /** Pause before the pipeline is retried; undefined if it is not. */
  readonly againMs: number | undefined;
}

/** A failed AWS call that is retried. */
export interface AwsRetry {
  readonly message: string;
  /** Time of the retry on the local clock. */
  readonly againAtMs: number;
}

export type LoadStatus = Omit<EventMap['load.progress'], 'pipeline'>;

type LoggedEvent = {
  [Name in EventName]: { readonly name: Name; readonly event: EventMap[Name] };
}[EventName];

/** The status before the first event. */
export function unknownStatus(pipeline: string, elapsedMs: number): PipelineStatus {
  return {
    pipeline,
    phase: 'starting',
    generation: 0,
    follows: false,
    rowsPublished: undefined,
    records: 0,
    changes: 0,
    deadLetters: 0,
    lagMs: undefined,
    batchAtMs: undefined,
    watermark: undefined,
    openShards: undefined,
    listedAtMs: undefined,
    listingEveryMs: undefined,
    exporting: undefined,
    load: undefined,
    keysReread: undefined,
    waiting: undefined,
    destinationUnreachable: undefined,
    verifying: undefined,
    verifySchedule: undefined,
    error: undefined,
    hasGap: false,
    healing: undefined,
    stopped: false,
    progressAtMs: elapsedMs,
  };
}

/** The status after an event of this pipeline. @param elapsedMs time of the event on the local clock */
export function fold(status: PipelineStatus, logged: LoggedEvent, elapsedMs: number): PipelineStatus {
  const lasting = status.waiting?.lasts === true ? status.waiting : undefined;
  const further = {
    ...status,
    waiting: lasting,
    destinationUnreachable: undefined,
    stopped: false,
    progressAtMs: elapsedMs,
  };
  switch (logged.name) {
    case 'pipeline.phase': {
      const { phase, generation, follows = false } = logged.event;
      const load = phase === 'load' ? status.load : undefined;
      const hasGap = status.hasGap && phase !== 'stream';
      const healing = phase === 'start' || phase === 'stream' ? undefined : status.healing;
      const begun = { phase, generation, follows: follows || phase === 'stream', load, hasGap, healing };
      const waiting = generation === status.generation && phase !== 'start' ? lasting : undefined;
      return { ...further, ...begun, waiting, keysReread: undefined, exporting: undefined, error: undefined };
    }
    case 'pipeline.healing':
      return { ...further, healing: { from: logged.event.from, to: logged.event.to }, hasGap: false };
    case 'pipeline.waiting': {
      const { reason, until, lasts = false } = logged.event;
      return { ...further, waiting: (lasts ? undefined : lasting) ?? { reason, until, lasts } };
    }
    case 'pipeline.failed': {
      const { error: failure, againMs } = logged.event;
      const error = { ...describeError(failure, againMs), againMs };
      const hasGap = status.hasGap || error.kind === 'gap';
      return { ...status, waiting: undefined, destinationUnreachable: undefined, error, hasGap };
    }
    case 'pipeline.standing':
      return { ...status, watermark: logged.event.watermark };
    case 'pipeline.stopped':
      return { ...status, waiting: undefined, verifying: undefined, stopped: true };
    case 'pipeline.deadLetter':
      return { ...further, deadLetters: status.deadLetters + logged.event.count };
    case 'export.progress':
      return {
        ...further,
        exporting: { exportArn: logged.event.exportArn, elapsedMs: logged.event.elapsedMs },
      };
    case 'export.completed':
      return { ...further, exporting: undefined };
    case 'load.progress': {
      const { pipeline: _, ...load } = logged.event;
      return { ...further, load };
    }
    case 'heal.reread':
      return { ...further, keysReread: logged.event.keys };
    case 'pipeline.published':
      return {
        ...further,
        load: undefined,
        rowsPublished: logged.event.rows,
        deadLetters: logged.event.deadLetters ?? status.deadLetters,
      };
    case 'stream.batch': {
      const { records, changes, lagMs, watermark } = logged.event;
      return {
        ...further,
        // Batches go on during a wait and do not end it.
        waiting: status.waiting,
        records: status.records + records,
        changes: status.changes + changes,
        lagMs,
        batchAtMs: elapsedMs,
        watermark,
      };
    }
    case 'stream.listing':
      // An idle table commits only when the watermark moves, which takes two listings.
      return {
        ...status,
        progressAtMs: elapsedMs,
        openShards: logged.event.open,
        listedAtMs: elapsedMs,
        listingEveryMs: status.listedAtMs === undefined ? undefined : elapsedMs - status.listedAtMs,
      };
    case 'verify.progress':
      return { ...further, verifying: logged.event.stage };
    case 'verify.scheduled': {
      const { next, since, differences } = logged.event;
      return { ...status, verifySchedule: { next, since, differences } };
    }
    case 'verify.finished': {
      const { at, differences } = logged.event;
      const { verifySchedule: known } = status;
      return {
        ...further,
        waiting: status.waiting,
        verifySchedule: known && { ...known, since: at, differences },
      };
    }
    case 'verify.failed':
    case 'verify.ended':
      return { ...further, waiting: status.waiting, verifying: undefined };
    case 'pipeline.gap':
    case 'resync.failed':
    case 'pipeline.columns':
    case 'export.requested':
    case 'heal.requested':
    case 'heal.lost':
    case 'pipeline.healed':
    case 'load.fileCommitted':
      return further;
    case 'destination.retry':
      return { ...status, destinationUnreachable: logged.event.message };
    case 'resync.joined':
    case 'stream.iteratorRenewed':
    case 'replicator.strayError':
    case 'destination.awaited':
    case 'destination.there':
    case 'aws.retry':
      return status;
  }
}

/** Keeps the status of all pipelines of a process. */
export class StatusBoard {
  private readonly statuses = new Map<string, PipelineStatus>();
  /** What the start waits for, before any pipeline exists; undefined if it does not wait. */
  awaited: string | undefined;
  /** The last failed AWS call of each table. */
  readonly retries = new Map<string, AwsRetry>();

  /** @param elapsedMs the local clock */
  constructor(
    events: Events,
    private readonly elapsedMs: () => number,
  ) {
    events.onAny((name, event) => this.record({ name, event } as LoggedEvent));
    events.on('destination.awaited', ({ message }) => (this.awaited = message));
    events.on('destination.there', () => (this.awaited = undefined));
    events.on('aws.retry', ({ table, message, waitMs }) => {
      if (table !== undefined) this.retries.set(table, { message, againAtMs: elapsedMs() + waitMs });
    });
  }

  /** In the order of their first events. */
  all(): readonly PipelineStatus[] {
    return [...this.statuses.values()];
  }

  get(pipeline: string): PipelineStatus | undefined {
    return this.statuses.get(pipeline);
  }

  private record(logged: LoggedEvent): void {
    if (!('pipeline' in logged.event)) return;
    const { pipeline } = logged.event;
    const now = this.elapsedMs();
    // A pipeline that failed before its table was described is known by the table's name.
    if (tableOf(pipeline) !== pipeline) this.statuses.delete(tableOf(pipeline));
    this.statuses.set(
      pipeline,
      fold(this.statuses.get(pipeline) ?? unknownStatus(pipeline, now), logged, now),
    );
  }
}

const STREAM_KEEPS_MS = 24 * 3_600_000;

/**
 * Hours until DynamoDB drops stream records that have not been applied; negative when it may already have. Both times are epoch ms.
 * Never more than 24: the watermark may come from a simulator whose clock is ahead.
 */
export function hoursUntilLoss(watermark: number, now: number): number {
  return Math.min(STREAM_KEEPS_MS, watermark + STREAM_KEEPS_MS - now) / 3_600_000;
}

export function describeError(
  error: Error,
  againMs: number | undefined,
): { name: string; kind: string; message: string } {
  return {
    name: error.name,
    kind: error instanceof ReplicatorError ? error.kind : 'defect',
    message: againMs === undefined ? finalMessage(error) : error.message,
  };
}
