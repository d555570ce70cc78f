/** What a pipeline is doing. All but `stream` are steps of a load. */
export type Phase = 'start' | 'export' | 'load' | 'publish' | 'stream';

/**
 * Everything that happens in a replicator and is worth telling: log, metrics, progress, health and status all hang on
 * this one map. No event is emitted per record.
 */
export interface EventMap {
  'pipeline.phase': { pipeline: string; phase: Phase; generation: number };
  /** A stated wait: why, and until when on the service's clock (epoch ms) where that is known. */
  'pipeline.waiting': { pipeline: string; reason: string; until: number | undefined };
  /** A gap before the publish: the pipeline begins a new generation by itself (rule G2). */
  'pipeline.gap': { pipeline: string; message: string };
  /** `againMs`: it is tried again by itself after so long; otherwise it stands until somebody asks for a resync. */
  'pipeline.failed': { pipeline: string; error: Error; againMs?: number | undefined };
  /** Where the checkpoint says that a pipeline goes on: the watermark, epoch ms on the service's clock. */
  'pipeline.standing': { pipeline: string; watermark: number };
  'pipeline.stopped': { pipeline: string };
  /** A defect outside of all pipelines, which go on. */
  'replicator.strayError': { message: string; stack: string | undefined };
  'pipeline.columns': { pipeline: string; added: readonly string[]; widened: readonly string[] };
  'pipeline.deadLetter': { pipeline: string; count: number; reason: string };
  /** `table`: the source table that it is for, where that is known. */
  'aws.retry': {
    table?: string | undefined;
    operation: string;
    code: string;
    attempt: number;
    waitMs: number;
    message: string;
  };
  /** At the start, before there is any pipeline: the destination does not answer, and is asked again after so long. */
  'destination.awaited': { attempt: number; waitMs: number; message: string };
  'destination.there': Record<never, never>;
  'destination.retry': { pipeline: string; attempt: number; waitMs: number; message: string };
  /** Just before the request: what it will cost. */
  'export.requested': { pipeline: string; exportTime: number; tableBytes: number; priceUsd: number };
  'export.progress': { pipeline: string; exportArn: string; elapsedMs: number };
  'export.completed': { pipeline: string; exportArn: string; files: number; items: number };
  'load.progress': {
    pipeline: string;
    /** `verify`: the export is loaded only to be compared with. */
    role: 'shadow' | 'verify';
    files: number;
    filesTotal: number;
    items: number;
    itemsTotal: number;
    /** Uncompressed bytes so far in this process. */
    bytes: number;
    elapsedMs: number;
  };
  'load.fileCommitted': { pipeline: string; role: 'shadow' | 'verify'; file: string; items: number };
  /** Counts are undefined when the destination's answer was lost; the publish itself is certain. */
  'pipeline.published': {
    pipeline: string;
    generation: number;
    rows: number | undefined;
    written: number | undefined;
    deadLetters: number | undefined;
  };
  'stream.batch': {
    pipeline: string;
    /** Records read, and the keys they came down to. */
    records: number;
    changes: number;
    bytes: number;
    commitMs: number;
    /** Epoch ms on the service's clock. */
    watermark: number;
    lagMs: number;
    shards: number;
  };
  'stream.listing': { pipeline: string; shards: number; open: number };
  'stream.iteratorRenewed': { pipeline: string; shardId: string };
  'verify.progress': { pipeline: string; stage: string };
  /** By itself: the pipeline goes on (rule V2). */
  'verify.failed': { pipeline: string; message: string };
  /** Done, or given up. */
  'verify.ended': { pipeline: string };
}

export type EventName = keyof EventMap;
type Listener<Name extends EventName> = (event: EventMap[Name]) => void;

/** A typed emitter. A listener that throws is a defect and is not caught. */
export class Events {
  private readonly listeners = new Map<EventName, Set<Listener<EventName>>>();
  private readonly observers = new Set<(name: EventName, event: EventMap[EventName]) => void>();

  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set);
    set.add(listener as Listener<EventName>);
    return () => set.delete(listener as Listener<EventName>);
  }

  /** Hears every event: for the log. */
  onAny(observer: (name: EventName, event: EventMap[EventName]) => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  emit<Name extends EventName>(name: Name, event: EventMap[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(event);
    for (const observer of this.observers) observer(name, event);
  }
}
