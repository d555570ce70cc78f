import { bytes, count, counted, price, instant, tableOf } from './figures';
import type { EventMap, EventName, Events } from './events';
import { HeldLines } from './held-lines';
import { render } from './render';
import { describeError, type StatusBoard } from './status';

/** Where progress is written: `process.stdout`, or a stand-in for tests. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly board: StatusBoard;
  /** Without a terminal, a pipeline's line is repeated at most this often. */
  readonly summaryMs: number;
  readonly elapsedMs: () => number;
  /** AWS's time in epoch ms; undefined before its first response. */
  readonly now: () => number | undefined;
  /** AWS is simulated and its clock runs fast. */
  readonly isFast?: boolean | undefined;
}

const REDRAW_MS = 100;
/** A failing AWS call of a table is repeated on the screen at most this often. */
const RETRY_MS = 30_000;

/**
 * Progress for people: one line for each thing that happened. On a terminal, one line per pipeline below them is redrawn. In a
 * pipe, that line is written when the phase changes and now and then.
 */
export class Progress {
  private drawn = 0;
  private drawnAt = -Infinity;
  private held: HeldLines | undefined;
  private readonly written = new Map<string, { phase: string; at: number }>();
  /** By operation and table: when a failing call was shown, and how often it has failed since. */
  private readonly failing = new Map<string, { at: number; unseen: number }>();
  /** Watermarks of the stored positions from which pipelines may continue. */
  private readonly stored = new Map<string, number | undefined>();
  private readonly unsubscribe: () => void;

  constructor(
    events: Events,
    private readonly screen: Screen,
    private readonly options: ProgressOptions,
  ) {
    this.unsubscribe = events.onAny((name, event) => this.handle(name, event));
  }

  /** Writes a line of its own above the moving ones. */
  say(line: string): void {
    if (this.held) return this.held.add(line);
    this.erase();
    this.screen.write(`${line}\n`);
    this.draw();
  }

  /** Leaves the screen to a question: writes nothing until the returned function is called. */
  hold(): () => void {
    const held = new HeldLines();
    this.erase();
    this.held = held;
    return () => {
      if (this.held !== held) return;
      this.held = undefined;
      for (const line of held.all()) this.say(line);
      this.draw();
    };
  }

  /** Leaves the last lines on the screen and stops listening. */
  close(): void {
    this.unsubscribe();
    if (this.held) return;
    this.erase();
    this.draw();
    this.drawn = 0;
  }

  private handle(name: EventName, event: EventMap[EventName]): void {
    const line = this.announcement(name, event);
    if (line !== undefined) this.say(line);
    if (this.held) return;
    if (this.screen.isTTY) {
      if (this.options.elapsedMs() - this.drawnAt < REDRAW_MS) return;
      this.erase();
      this.draw();
    } else if ('pipeline' in event) this.repeat(event.pipeline);
  }

  private announcement(name: EventName, event: EventMap[EventName]): string | undefined {
    if (name === 'aws.retry') return this.retry(event as EventMap['aws.retry']);
    if (name === 'pipeline.standing') {
      const { pipeline, watermark } = event as EventMap['pipeline.standing'];
      if (!this.stored.has(pipeline)) this.stored.set(pipeline, watermark);
    }
    if (name === 'pipeline.phase') return this.resuming(event as EventMap['pipeline.phase']);
    return announcement(name, event);
  }

  /** First failures are ordinary. */
  private retry({ table, operation, attempt, message }: EventMap['aws.retry']): string | undefined {
    if (attempt < 3) return undefined;
    const call = `${operation} ${table ?? ''}`;
    const now = this.options.elapsedMs();
    const shown = this.failing.get(call);
    if (shown !== undefined) {
      shown.unseen++;
      if (now - shown.at < RETRY_MS) return undefined;
    }
    this.failing.set(call, { at: now, unseen: 0 });
    const often =
      shown === undefined ? '' : ` (failed ${counted(shown.unseen, 'time')} since the last message)`;
    return `${table === undefined ? '' : `${table}: `}${message}${often}`;
  }

  /** A stored position is not used when the first phase is the start of a load. */
  private resuming({ pipeline, phase }: EventMap['pipeline.phase']): string | undefined {
    const watermark = this.stored.get(pipeline);
    this.stored.set(pipeline, undefined);
    if (watermark === undefined || !Number.isFinite(watermark) || phase === 'start') return undefined;
    return `${tableOf(pipeline)}: resuming after the last commit (changes up to ${instant(watermark)})`;
  }

  private draw(): void {
    if (!this.screen.isTTY) return;
    this.erase();
    // A pipeline that has stopped without an error needs no line.
    const lines = this.lines(this.options.board.all().filter(({ error, stopped }) => error ?? !stopped));
    this.screen.write(lines.map((line) => `${line}\n`).join(''));
    this.drawn = lines.length;
    this.drawnAt = this.options.elapsedMs();
  }

  private erase(): void {
    // Up to the first moving line, then clear to the end of the screen.
    if (this.drawn > 0) this.screen.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }

  private repeat(pipeline: string): void {
    const status = this.options.board.get(pipeline);
    // A failure has been announced, and a normal stop needs no line.
    if (!status || status.error || status.stopped) return;
    const before = this.written.get(pipeline);
    const now = this.options.elapsedMs();
    if (before && before.phase === status.phase && now - before.at < this.options.summaryMs) return;
    this.written.set(pipeline, { phase: status.phase, at: now });
    for (const line of this.lines([status])) this.screen.write(`${line}\n`);
  }

  private lines(pipelines: ReturnType<StatusBoard['all']>): string[] {
    return render(
      { pipelines, now: this.options.now(), isFast: this.options.isFast },
      this.screen.isTTY ? (this.screen.columns || 80) - 1 : 400,
    );
  }
}

/** A requested verify has a result of its own. */
function verifyResult({
  scheduled,
  rowsCompared,
  differences,
  message,
}: EventMap['verify.finished']): string | undefined {
  if (!scheduled) return undefined;
  return (
    message ?? `verified: ${counted(rowsCompared, 'row')} compared, ${counted(differences, 'difference')}`
  );
}

/** The line for an event that is worth one; `undefined` for an event that only changes the redrawn lines. */
export function announcement<Name extends EventName>(name: Name, event: EventMap[Name]): string | undefined {
  const words = announcements[name] as ((event: EventMap[Name]) => string | undefined) | undefined;
  const text = words?.(event);
  if (text === undefined) return undefined;
  return 'pipeline' in event ? `${tableOf(event.pipeline)}: ${text}` : text;
}

const announcements: { readonly [Name in EventName]?: (event: EventMap[Name]) => string | undefined } = {
  'pipeline.waiting': ({ reason, until }) =>
    `${reason}${until === undefined ? '' : ` (until ${instant(until)})`}`,
  'pipeline.gap': ({ message }) => message,
  'pipeline.failed': ({ error, againMs, isRepeated = false }) =>
    isRepeated ? undefined : describeError(error, againMs).message,
  'replicator.strayError': ({ message }) => message,
  'resync.joined': ({ message }) => message,
  'resync.failed': ({ message }) => message,
  'verify.finished': verifyResult,
  'verify.scheduled': ({ next }) => `next verify ${instant(next)}`,
  'verify.failed': ({ message }) => `verify failed: ${message}`,
  'pipeline.deadLetter': ({ count: items, reason }) =>
    `${counted(items, 'item')} kept as dead letters: ${reason}`,
  'destination.awaited': ({ message }) => message,
  'destination.retry': ({ message }) => `waiting for the destination: ${message}`,
  'export.requested': ({ exportTime, tableBytes, priceUsd }) =>
    `export of ${instant(exportTime)} requested, ${bytes(tableBytes)}, ${price(priceUsd)}`,
  'pipeline.healing': ({ from, to }) => `healing the gap from ${instant(from)} to ${instant(to)}`,
  'heal.requested': ({ exports, from, to, priceUsd }) =>
    `${counted(exports, 'incremental export')} of the changes from ${instant(from)} to ${instant(to)} requested, ${price(priceUsd)}`,
  'heal.lost': ({ message }) => message,
  'pipeline.healed': ({ from, to, lines, reread, deleted, written, billedBytes }) =>
    `healed the gap from ${instant(from)} to ${instant(to)}: ${counted(lines, 'exported change')}, ` +
    `${written === undefined ? '' : `${counted(written, 'row')} written, `}` +
    `${counted(reread, 'key')} read again of which ${count(deleted)} no longer existed; AWS bills ${bytes(billedBytes)} exported`,
  'export.completed': ({ items, files }) => `exported ${counted(items, 'item')} in ${counted(files, 'file')}`,
  'pipeline.published': ({ rows }) => `published${rows === undefined ? '' : ` ${counted(rows, 'row')}`}`,
};
