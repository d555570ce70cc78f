import { inspect } from 'node:util';
import { type LogSink, writeLog } from '../../runtime/observe/log';
import { type EventMap, Events } from '../../runtime/observe/events';
import { describeError } from '../../runtime/observe/status';

/** Everything of an error that anybody may see: the error, its fields, causes and stack, and its events, log and status. */
export function shown(error: Error): string {
  const events = new Events();
  const seen: unknown[] = [
    error,
    error.cause,
    error.stack,
    JSON.stringify(error),
    describeError(error, 60_000),
  ];
  const note = (...line: unknown[]) => void seen.push(...line, JSON.stringify(line));
  const sink: LogSink = { debug: note, info: note, warn: note, error: note };
  writeLog(events, sink, { summaryMs: 0, elapsedMs: () => 0 });
  events.onAny((_name, event) => seen.push((event as EventMap['pipeline.failed']).error.message));
  events.emit('pipeline.failed', { pipeline: 'orders', error, againMs: undefined });
  return inspect(seen, { depth: 10, showHidden: true, maxStringLength: null });
}
