import type { EventMap, EventName, Events } from './events';
import { describeError } from './status';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** The part of pino that the log uses. */
export type LogSink = Readonly<Record<LogLevel, (fields: object, message: string) => void>>;

export interface LogOptions {
  /** Batches and load progress of a pipeline are summarized in one line at most this often. */
  readonly summaryMs: number;
  /** The local clock. */
  readonly elapsedMs: () => number;
}

interface Summary {
  since: number;
  batches: number;
  records: number;
  changes: number;
  bytes: number;
  longestCommitMs: number;
  last: EventMap['stream.batch'] | undefined;
}

type Line = readonly [level: LogLevel, message: string];

/** First retries are ordinary; repeated ones are a warning. */
const retry = (attempt: number, first: LogLevel): Line => [attempt < 3 ? first : 'warn', 'retrying'];

const lines: { readonly [Name in EventName]?: (event: EventMap[Name]) => Line | undefined } = {
  'pipeline.phase': () => ['info', 'phase'],
  'pipeline.waiting': () => ['info', 'waiting'],
  'pipeline.gap': () => ['warn', 'gap before the publish: reloading'],
  'pipeline.failed': ({ againMs, isRepeated = false }) =>
    isRepeated ? undefined : ['error', againMs === undefined ? 'pipeline failed' : 'pipeline waits'],
  'pipeline.healing': () => ['warn', 'healing a gap'],
  'pipeline.healed': () => ['info', 'gap healed'],
  'heal.requested': () => ['info', 'incremental exports requested'],
  'heal.lost': () => ['warn', 'export of a heal lost'],
  'pipeline.stopped': () => ['info', 'pipeline stopped'],
  'replicator.strayError': () => ['error', 'unexpected error'],
  'pipeline.columns': () => ['info', 'columns changed'],
  'pipeline.deadLetter': () => ['warn', 'items that the destination cannot hold'],
  'pipeline.published': () => ['info', 'published'],
  'aws.retry': ({ attempt }) => retry(attempt, 'debug'),
  // It may follow a long wait for a response: the log explains why nothing happened.
  'destination.retry': ({ attempt }) => retry(attempt, 'info'),
  'destination.awaited': () => ['warn', 'waiting for the destination'],
  'export.requested': () => ['info', 'export requested'],
  'export.completed': () => ['info', 'export completed'],
  'load.fileCommitted': () => ['debug', 'file loaded'],
  'stream.listing': () => ['debug', 'shards listed'],
  'stream.iteratorRenewed': () => ['debug', 'iterator renewed'],
  'resync.joined': () => ['info', 'resync joins a load'],
  'resync.failed': () => ['error', 'resync failed'],
  'verify.progress': () => ['info', 'verify'],
  'verify.failed': () => ['warn', 'verify failed'],
  'verify.finished': ({ differences }) =>
    differences === 0 ? ['info', 'verify found no difference'] : ['error', 'verify found differences'],
  'verify.scheduled': ({ failure }) =>
    failure === undefined ? ['info', 'next verify'] : ['warn', 'scheduled verify failed'],
};

/** Writes events to the log: one line for each that matters, and a summary now and then for frequent ones. */
export function writeLog(events: Events, sink: LogSink, { summaryMs, elapsedMs }: LogOptions): void {
  const summaries = new Map<string, Summary>();
  const loggedAt = new Map<string, number>();

  const flush = (pipeline: string) => {
    const summary = summaries.get(pipeline);
    if (summary?.last === undefined) return;
    summaries.delete(pipeline);
    const { since, last, ...sums } = summary;
    const { watermark, lagMs, shards } = last;
    const fields = { event: 'stream.batch', pipeline, ...sums, elapsedMs: Math.round(elapsedMs() - since) };
    sink.info(
      { ...fields, lagMs, shards, watermark: new Date(watermark).toISOString() },
      'following the stream',
    );
  };

  /** True at most once per `summaryMs` for the same topic. */
  const due = (topic: string) => {
    const now = elapsedMs();
    if (now - (loggedAt.get(topic) ?? -Infinity) < summaryMs) return false;
    loggedAt.set(topic, now);
    return true;
  };

  events.onAny((name, event) => {
    if (name === 'stream.batch') {
      const batch = event as EventMap['stream.batch'];
      add(summaries, batch, elapsedMs());
      if (due(`batch ${batch.pipeline}`)) flush(batch.pipeline);
      return;
    }
    if (name === 'load.progress' || name === 'export.progress') {
      const { pipeline } = event as EventMap['load.progress'];
      if (due(`${name} ${pipeline}`))
        sink.info({ event: name, ...event }, name === 'load.progress' ? 'loading' : 'exporting');
      return;
    }
    if ('pipeline' in event && (name === 'pipeline.stopped' || name === 'pipeline.phase'))
      flush(event.pipeline);
    const line = (lines[name] as ((event: object) => Line | undefined) | undefined)?.(event);
    if (!line) return;
    const [level, message] = line;
    sink[level]({ event: name, ...('error' in event ? withError(event) : event) }, message);
  });
}

function withError({ pipeline, error, againMs }: EventMap['pipeline.failed']): object {
  const described = describeError(error, againMs);
  // The stack begins with the message.
  const stack = error.stack?.replace(error.message, () => described.message);
  return { pipeline, error: { ...described, stack }, againMs };
}

function add(summaries: Map<string, Summary>, batch: EventMap['stream.batch'], now: number): void {
  const summary = summaries.get(batch.pipeline) ?? {
    since: now,
    batches: 0,
    records: 0,
    changes: 0,
    bytes: 0,
    longestCommitMs: 0,
    last: undefined,
  };
  summary.batches++;
  summary.records += batch.records;
  summary.changes += batch.changes;
  summary.bytes += batch.bytes;
  summary.longestCommitMs = Math.max(summary.longestCommitMs, batch.commitMs);
  summary.last = batch;
  summaries.set(batch.pipeline, summary);
}
