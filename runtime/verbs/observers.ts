import pino from 'pino';
import type { Clock } from '../clock';
import type { Settings } from '../config';
import type { Events } from '../observe/events';
import { writeLog } from '../observe/log';
import { HeldLines } from '../observe/held-lines';
import { Progress, type Screen } from '../observe/progress';
import type { StatusBoard } from '../observe/status';

/** Shows a replicator's events: as progress on a terminal, or as a log. */
export interface Observers {
  /** Writes a line of the command's own, in the same form as the others. */
  say(line: string): void;
  /** Leaves the screen to a question: what is to be written waits until the returned function is called. */
  hold(): () => void;
  close(): void;
}

export interface Observed {
  readonly events: Events;
  readonly board: StatusBoard;
  /** The clock of the pipelines. */
  readonly clock: Clock;
  /** AWS's time in epoch ms; undefined before its first response. */
  readonly now: () => number | undefined;
}

/** Whether the output is for people rather than JSON lines. */
export function isForPeople({ format }: Settings['log'], screen: Screen): boolean {
  return format === 'human' || (format === 'auto' && screen.isTTY === true);
}

/** Shows progress on a terminal and JSON lines otherwise, unless `log.format` decides. */
export function observe(
  observed: Observed,
  screen: Screen,
  { log, clockRate }: Pick<Settings, 'log' | 'clockRate'>,
): Observers {
  const { events } = observed;
  // Real time: how often people read a line does not depend on the rate of a simulator's clock.
  const elapsedMs = () => performance.now();
  const { summaryMs } = log;
  if (isForPeople(log, screen))
    return new Progress(events, screen, { ...observed, summaryMs, elapsedMs, isFast: clockRate !== 1 });
  let held: HeldLines | undefined;
  const logger = pino(
    { level: log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => (held ? held.add(line) : void screen.write(line)) },
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
  const hold = () => {
    const lines = new HeldLines();
    held = lines;
    return () => {
      held = undefined;
      for (const line of lines.all()) screen.write(line);
    };
  };
  return { say: (line) => logger.info(line), hold, close: () => undefined };
}
