import { afterAnswer, openWindow, type ReadWindow } from './congestion';
import { EarliestFirst, Fifo } from './waiting-lists';

/** What is known about a shard before it is read, most urgent first. */
export const URGENCIES = ['behind', 'records', 'failed', 'unread', 'idle'] as const;
/**
 * `behind`: more records wait than one answer holds; `records`: one of the last answers had some; `failed`: the last attempt
 * failed; `unread`: never read; `idle`: no records for a while.
 */
export type Urgency = (typeof URGENCIES)[number];

/** Every fourth read is the one that has waited longest, so that busy shards do not starve the others. */
const LONGEST_WAIT_EVERY = 4;
/** Retries of failed reads may use this part of all concurrent reads, as they may fail by hanging. */
const PART_OF_FAILED = 1 / 4;
/** Idle reads unused over this time may be made up for at once. */
const IDLE_BURST_MS = 100;

export interface ReadLimits {
  /** Concurrent requests, over all streams. */
  readonly concurrentReads: number;
  /** Reads of idle shards, over all streams. */
  readonly idleReadsPerSecond: number;
}

/** A read of a shard that waits to start. Times are in ms on the local clock. */
export interface WaitingRead {
  readonly stream: StreamOrder;
  readonly urgency: Urgency;
  readonly dueAt: number;
}

/** One stream among those that share the limits. */
export class StreamOrder {
  underWay = 0;
  failedUnderWay = 0;
  window: ReadWindow;
  readonly due: Readonly<Record<Urgency, Fifo<WaitingRead>>> = {
    behind: new Fifo(),
    records: new Fifo(),
    failed: new Fifo(),
    unread: new Fifo(),
    idle: new Fifo(),
  };

  constructor(reads: number) {
    this.window = openWindow(reads);
  }
}

/**
 * Chooses which waiting read starts next, over all streams of the process: by urgency, and the streams in turn. Has no clock and no
 * promises: events are reported to it, and time is passed in. A read is under way from `next` until `ended`. A read that
 * pauses before a retry is not; it waits again with urgency `failed`.
 */
export class ReadOrder<Read extends WaitingRead> {
  private streams: StreamOrder[] = [];
  private readonly early = new EarliestFirst<WaitingRead>();
  private underWay = 0;
  private failedUnderWay = 0;
  private started = 0;
  /** Idle reads have used the limit up until this time. */
  private idleAt = -Infinity;

  constructor(private readonly limits: ReadLimits) {}

  join(): StreamOrder {
    const stream = new StreamOrder(this.limits.concurrentReads);
    this.streams.push(stream);
    return stream;
  }

  /** Removes a stream and returns its waiting reads. Reads under way still have to be reported as ended. */
  leave(stream: StreamOrder): readonly Read[] {
    this.streams = this.streams.filter((other) => other !== stream);
    const due = URGENCIES.flatMap((urgency) => stream.due[urgency].takeAll());
    return [...due, ...this.early.takeAll((read) => read.stream === stream)] as Read[];
  }

  wait(read: Read): void {
    this.early.add(read);
  }

  /** The read to start now, if any. `hasMemory`: whether there is memory for the page of this read. */
  next(now: number, hasMemory: (read: Read) => boolean): Read | undefined {
    for (let read = this.early.first; read && read.dueAt <= now; read = this.early.first) {
      this.early.take();
      read.stream.due[read.urgency].add(read);
    }
    if (this.underWay >= this.limits.concurrentReads) return undefined;
    const heads = (urgency: Urgency) => this.heads(urgency, now, hasMemory);
    const isTheirTurn = this.started % LONGEST_WAIT_EVERY === LONGEST_WAIT_EVERY - 1;
    const read = (isTheirTurn ? longestWaiting(heads) : undefined) ?? mostUrgent(heads);
    if (read) this.start(read, now);
    return read;
  }

  ended({ stream, urgency }: WaitingRead): void {
    this.underWay -= 1;
    stream.underWay -= 1;
    if (urgency !== 'failed') return;
    this.failedUnderWay -= 1;
    stream.failedUnderWay -= 1;
  }

  succeeded({ stream }: WaitingRead, now: number): void {
    stream.window = afterAnswer(stream.window, false, this.limits.concurrentReads, now);
  }

  /** Ignores repeats: a shard that is throttled again backs off anyway, so only its first time concerns the stream. */
  throttled({ stream, urgency }: WaitingRead, now: number): void {
    if (urgency === 'failed') return;
    stream.window = afterAnswer(stream.window, true, this.limits.concurrentReads, now);
  }

  /** When to call `next` again if nothing is reported before; `undefined`: never. */
  wakeAt(now: number): number | undefined {
    const dueAt = this.early.first?.dueAt;
    const waitsForLimit = this.idleAt > now && this.streams.some(({ due }) => due.idle.size > 0);
    if (!waitsForLimit || this.underWay >= this.limits.concurrentReads) return dueAt;
    return Math.min(this.idleAt, dueAt ?? Infinity);
  }

  /** The first waiting read of each stream that may start now, in the streams' turn. */
  private heads(urgency: Urgency, now: number, hasMemory: (read: Read) => boolean): readonly Read[] {
    if (urgency === 'idle' && this.idleAt > now) return [];
    const mostFailed = Math.max(1, Math.floor(this.limits.concurrentReads * PART_OF_FAILED));
    if (urgency === 'failed' && this.failedUnderWay >= mostFailed) return [];
    const heads: Read[] = [];
    for (const { due, underWay, failedUnderWay, window } of this.streams) {
      const first = due[urgency].first as Read | undefined;
      const isFull = underWay >= window.reads;
      // Leaves one read to shards that have not failed.
      const isTheirs = urgency !== 'failed' || failedUnderWay < Math.max(1, window.reads - 1);
      if (first && !isFull && isTheirs && hasMemory(first)) heads.push(first);
    }
    return heads;
  }

  private start(read: Read, now: number): void {
    const { stream, urgency } = read;
    stream.due[urgency].take();
    stream.underWay += 1;
    this.underWay += 1;
    this.started += 1;
    if (urgency === 'failed') {
      this.failedUnderWay += 1;
      stream.failedUnderWay += 1;
    }
    if (urgency === 'idle') {
      this.idleAt = Math.max(this.idleAt, now - IDLE_BURST_MS) + 1_000 / this.limits.idleReadsPerSecond;
    }
    this.streams = [...this.streams.filter((other) => other !== stream), stream];
  }
}

type Heads<Read> = (urgency: Urgency) => readonly Read[];

function mostUrgent<Read>(heads: Heads<Read>): Read | undefined {
  for (const urgency of URGENCIES) {
    const [first] = heads(urgency);
    if (first) return first;
  }
  return undefined;
}

/** Considers all but the most urgent ones. */
function longestWaiting<Read extends WaitingRead>(heads: Heads<Read>): Read | undefined {
  let longest: Read | undefined;
  for (const urgency of URGENCIES.slice(1)) {
    for (const read of heads(urgency)) if (!longest || read.dueAt < longest.dueAt) longest = read;
  }
  return longest;
}
