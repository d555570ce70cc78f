import type { Clock } from '../clock';
import { type MemoryShare, PageMemory, type Reservation } from './page-memory';
import { type ReadLimits, ReadOrder, type StreamOrder, type Urgency, type WaitingRead } from './read-order';

/** Reserved for each read that starts; the actual size is counted when the answer has arrived. */
const EXPECTED_BYTES = 64 * 1024;
/** A constant, as creating an error for each of many pauses is slow. */
const REARMED = Symbol('rearmed');

export interface SchedulerOptions extends ReadLimits {
  /** For pauses only. */
  readonly clock: Clock;
  /** Limit of the memory for pages read and not applied yet, over all streams, in approximate bytes. */
  readonly queueBytes: number;
}

/** A stream's membership in the scheduler. */
export interface StreamPart {
  readonly stream: StreamOrder;
  readonly share: MemoryShare;
}

/** A request under way. */
export interface StartedRead extends WaitingRead {
  readonly reservation: Reservation;
}

interface Waiter extends WaitingRead {
  readonly share: MemoryShare;
  resolve(read: StartedRead): void;
  reject(reason: unknown): void;
}

interface Answer {
  readonly reservation: Reservation;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Shares requests and memory among the readers of all streams of a process: starts a read when `ReadOrder` chooses it and
 * `PageMemory` has memory for it.
 */
export class ReadScheduler {
  private readonly clock: Clock;
  private readonly order: ReadOrder<Waiter>;
  private readonly memory: PageMemory;
  private answers: Answer[] = [];
  /** Of the answer that is being turned into a page. One at a time, as its size is known only afterwards. */
  private admitted: Reservation | undefined;
  private timer: { readonly at: number; readonly pause: AbortController } | undefined;

  constructor({ clock, queueBytes, ...limits }: SchedulerOptions) {
    this.clock = clock;
    this.order = new ReadOrder(limits);
    this.memory = new PageMemory(queueBytes);
  }

  /** Bytes in use or reserved, without a page beyond the limit. */
  get usedBytes(): number {
    return this.memory.usedBytes;
  }

  join(): StreamPart {
    return { stream: this.order.join(), share: this.memory.join() };
  }

  /** Rejects everything of the stream that waits with `reason`, and releases its memory. */
  leave({ stream, share }: StreamPart, reason: unknown): void {
    for (const { reject } of this.order.leave(stream)) reject(reason);
    const [theirs, others]: [Answer[], Answer[]] = [[], []];
    for (const answer of this.answers) (answer.reservation.share === share ? theirs : others).push(answer);
    this.answers = others;
    for (const { reject } of theirs) reject(reason);
    this.memory.leave(share);
    this.dispatch();
  }

  /** Resolves when the read may start. @throws the reason with which its stream left */
  start({ stream, share }: StreamPart, urgency: Urgency, pauseMs: number): Promise<StartedRead> {
    const dueAt = this.clock.elapsedMs() + pauseMs;
    const started = new Promise<StartedRead>((resolve, reject) =>
      this.order.wait({ stream, share, urgency, dueAt, resolve, reject }),
    );
    this.dispatch();
    return started;
  }

  /** The request is over, successful or not. Its reservation stays. */
  ended(read: StartedRead): void {
    this.order.ended(read);
    this.dispatch();
  }

  succeeded(read: StartedRead): void {
    this.order.succeeded(read, this.clock.elapsedMs());
  }

  throttled(read: StartedRead): void {
    this.order.throttled(read, this.clock.elapsedMs());
  }

  /** An answer has arrived: resolves when there is memory for its page. @throws the reason with which its stream left */
  admit(reservation: Reservation, answerBytes: number): Promise<void> {
    if (this.memory.answered(reservation, answerBytes)) return Promise.resolve();
    const admitted = new Promise<void>((resolve, reject) =>
      this.answers.push({ reservation, resolve, reject }),
    );
    this.dispatch();
    return admitted;
  }

  /** The page exists now and takes `bytes`. */
  hold(reservation: Reservation, bytes: number): void {
    this.memory.hold(reservation, bytes);
    this.settled(reservation);
  }

  /** Releases reservations. Does nothing for those already released. */
  giveUp(...reservations: readonly Reservation[]): void {
    for (const reservation of reservations) this.memory.giveUp(reservation);
    this.settled(...reservations);
  }

  private settled(...reservations: readonly Reservation[]): void {
    if (this.admitted && reservations.includes(this.admitted)) this.admitted = undefined;
    this.dispatch();
  }

  private dispatch(): void {
    this.admitNext();
    const now = this.clock.elapsedMs();
    const hasMemory = ({ share }: Waiter) =>
      this.memory.mayReserve(share, EXPECTED_BYTES) &&
      !this.answers.some(({ reservation }) => reservation.share === share);
    for (let read = this.order.next(now, hasMemory); read; read = this.order.next(now, hasMemory)) {
      const { stream, urgency, dueAt } = read;
      const reservation = this.memory.reserve(read.share, EXPECTED_BYTES);
      read.resolve({ stream, urgency, dueAt, reservation });
    }
    this.arm(now);
  }

  /** Considers only the oldest answer of each stream, so that a large one is not passed over forever. */
  private admitNext(): void {
    if (this.admitted) return;
    const passedOver = new Set<MemoryShare>();
    for (const [at, { reservation, resolve }] of this.answers.entries()) {
      if (passedOver.has(reservation.share)) continue;
      passedOver.add(reservation.share);
      if (!this.memory.admit(reservation)) continue;
      this.answers.splice(at, 1);
      this.admitted = reservation;
      return resolve();
    }
  }

  private arm(now: number): void {
    const at = this.order.wakeAt(now);
    if (at !== undefined && this.timer && this.timer.at <= at) return;
    this.timer?.pause.abort(REARMED);
    this.timer = undefined;
    if (at === undefined) return;
    const timer = { at, pause: new AbortController() };
    this.timer = timer;
    const wake = () => {
      if (this.timer === timer) this.timer = undefined;
      this.dispatch();
    };
    this.clock.sleep(Math.max(0, at - now), timer.pause.signal).then(wake, () => undefined);
  }
}
