import pino from 'pino';
import type { Clock } from '../clock';
import type { Settings } from '../config';
import type { Events } from '../observe/events';
import { writeLog } from '../observe/log';
import { Progress, type Screen } from '../observe/progress';
import type { StatusBoard } from '../observe/status';

/** What a command shows of a replicator's events. */
export interface Observers {
  /** A line of the command's own, in the same form as the others. */
  say(line: string): void;
  close(): void;
}

export interface Observed {
  readonly events: Events;
  readonly board: StatusBoard;
  /** That of the pipelines. */
  readonly clock: Clock;
  /** The service's time, epoch ms; undefined before its first answer. */
  readonly now: () => number | undefined;
}

/** Whether what is shown is for people, not lines of JSON. */
export function isForPeople({ format }: Settings['log'], screen: Screen): boolean {
  return format === 'human' || (format === 'auto' && screen.isTTY === true);
}

/** Progress for people on a terminal, JSON lines otherwise, unless `log.format` says which. */
export function observe(observed: Observed, screen: Screen, { log }: Pick<Settings, 'log'>): Observers {
  const { events } = observed;
  // How often people want to read something does not depend on how fast a simulator's clock runs.
  const elapsedMs = () => performance.now();
  const { summaryMs } = log;
  if (isForPeople(log, screen)) return new Progress(events, screen, { ...observed, summaryMs, elapsedMs });
  const logger = pino(
    { level: log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => void screen.write(line) },
  );
  writeLog(
    events,
    {
      error: (fields, message) => logger.error(fields, message),
      warn: (fields, message) => logger.warn(fields, message),
      info: (fields, message) => logger.info(fields, message),
      debug: (fields, message) => logger.debug(fields, message),
    },
    { summaryMs, elapsedMs },
  );
  return { say: (line) => logger.info(line), close: () => undefined };
}
