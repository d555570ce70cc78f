import type { VerifyOutcome } from './verify-outcome';

/** What a pipeline is doing. Every phase except `stream` is a step of a load. */
export type Phase = 'start' | 'export' | 'load' | 'publish' | 'stream';

/**
 * All events of a replicator. Log, metrics, progress, health and status are all made from them. No event is emitted per
 * record.
 */
export interface EventMap {
  /** `follows`: the visible table goes on following the stream while a resync loads. */
  'pipeline.phase': { pipeline: string; phase: Phase; generation: number; follows?: boolean };
  /**
   * A wait for a known reason; `until` on AWS's clock (epoch ms), if known. `lasts`: until another generation begins, whatever the pipeline
   * does meanwhile.
   */
  'pipeline.waiting': { pipeline: string; reason: string; until: number | undefined; lasts?: true };
  /** A gap before the publish. The pipeline starts a new generation without being asked (rule G2). */
  'pipeline.gap': { pipeline: string; message: string };
  /**
   * The pipeline is retried after `againMs`; without that it stays stopped until somebody requests a resync. `isRepeated`: it still waits for
   * the same thing, so people need not read it again.
   */
  'pipeline.failed': {
    pipeline: string;
    error: Error;
    againMs?: number | undefined;
    isRepeated?: boolean | undefined;
  };
  /** The watermark of the checkpoint from which a pipeline continues, in epoch ms on AWS's clock. */
  'pipeline.standing': { pipeline: string; watermark: number };
  'pipeline.stopped': { pipeline: string };
  /** A bug outside all pipelines, which continue. */
  'replicator.strayError': { message: string; stack: string | undefined };
  'pipeline.columns': { pipeline: string; added: readonly string[]; widened: readonly string[] };
  'pipeline.deadLetter': { pipeline: string; count: number; reason: string };
  /** `table` is the source table of the call, if known. */
  'aws.retry': {
    table?: string | undefined;
    operation: string;
    code: string;
    attempt: number;
    waitMs: number;
    message: string;
  };
  /** The destination does not answer at the start, before any pipeline exists. It is probed again after `waitMs`. */
  'destination.awaited': { attempt: number; waitMs: number; message: string };
  'destination.there': Record<never, never>;
  'destination.retry': { pipeline: string; attempt: number; waitMs: number; message: string };
  /** Emitted just before the request, with its estimated price. */
  'export.requested': { pipeline: string; exportTime: number; tableBytes: number; priceUsd: number };
  'export.progress': { pipeline: string; exportArn: string; elapsedMs: number };
  'export.completed': { pipeline: string; exportArn: string; files: number; items: number };
  'load.progress': {
    pipeline: string;
    /** `verify` means that the export is loaded only for a comparison. */
    role: 'shadow' | 'lines' | 'verify';
    files: number;
    filesTotal: number;
    items: number;
    itemsTotal: number;
    /** Uncompressed bytes loaded by this process so far. */
    bytes: number;
    elapsedMs: number;
  };
  'load.fileCommitted': {
    pipeline: string;
    role: 'shadow' | 'lines' | 'verify';
    file: string;
    items: number;
  };
  /** Counts are undefined if the destination's response was lost; the publish itself is certain. */
  'pipeline.published': {
    pipeline: string;
    generation: number;
    rows: number | undefined;
    written: number | undefined;
    deadLetters: number | undefined;
  };
  /** A generation heals a gap, from its first to its last instant (epoch ms). */
  'pipeline.healing': { pipeline: string; from: number; to: number };
  /** Emitted just before the requests. The exports cover the changes between these times (epoch ms); the price is an estimate. */
  'heal.requested': { pipeline: string; exports: number; from: number; to: number; priceUsd: number };
  /** An export of a heal is gone, or what it wrote is missing or damaged: another heal has to begin. */
  'heal.lost': { pipeline: string; message: string };
  /** Keys that a heal has read again so far. */
  'heal.reread': { pipeline: string; keys: number };
  /** A gap is healed, from its first to its last instant (epoch ms). */
  'pipeline.healed': {
    pipeline: string;
    from: number;
    to: number;
    /** Its exports: their number, what AWS billed for, and their lines. */
    windows: number;
    billedBytes: number;
    lines: number;
    /** Keys that were read again, and those of them that did not exist any more. */
    reread: number;
    deleted: number;
    /** Rows written; undefined if the destination's response was lost. */
    written: number | undefined;
  };
  'stream.batch': {
    pipeline: string;
    /** Records read, and the number of keys that they changed. */
    records: number;
    changes: number;
    bytes: number;
    commitMs: number;
    /** Epoch ms on AWS's clock. */
    watermark: number;
    lagMs: number;
    shards: number;
  };
  'stream.listing': { pipeline: string; shards: number; open: number };
  'stream.iteratorRenewed': { pipeline: string; shardId: string };
  /** A resync was requested that the running load of a generation serves. `exportTime` in epoch ms, once its export is planned. */
  'resync.joined': { pipeline: string; generation: number; exportTime: number | undefined; message: string };
  /** Only the resync failed: the table goes on following its stream (rule P3). */
  'resync.failed': { pipeline: string; message: string };
  'verify.progress': { pipeline: string; stage: string };
  /** Only the verify failed: the pipeline continues (rule V2). */
  'verify.failed': { pipeline: string; message: string };
  /** `message`: what to do about differences that a scheduled verify found. */
  'verify.finished': { pipeline: string; scheduled: boolean; message: string | undefined } & VerifyOutcome;
  /**
   * When the next scheduled verify is due. `since`: end of the last one, or the publish if there was none; both are epoch ms on
   * AWS's clock. `failure`: why the one that was due now had no result.
   */
  'verify.scheduled': {
    pipeline: string;
    next: number;
    since: number;
    differences: number | undefined;
    failure?: string | undefined;
  };
  /** The verify is done or was given up. */
  'verify.ended': { pipeline: string };
}

export type EventName = keyof EventMap;
type Listener<Name extends EventName> = (event: EventMap[Name]) => void;

/** A typed event emitter. A listener that throws is a bug and is not caught. */
export class Events {
  private readonly listeners = new Map<EventName, Set<Listener<EventName>>>();
  private readonly observers = new Set<(name: EventName, event: EventMap[EventName]) => void>();

  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set);
    set.add(listener as Listener<EventName>);
    return () => set.delete(listener as Listener<EventName>);
  }

  /** Calls the observer with every event. */
  onAny(observer: (name: EventName, event: EventMap[EventName]) => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  emit<Name extends EventName>(name: Name, event: EventMap[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(event);
    for (const observer of this.observers) observer(name, event);
  }
}
