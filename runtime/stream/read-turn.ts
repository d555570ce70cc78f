import { AwsFault } from '../aws/faults';
import type { Attempts } from '../aws/services';
import type { Reservation } from './page-memory';
import type { Urgency } from './read-order';
import type { ReadScheduler, StartedRead, StreamPart } from './read-scheduler';

export interface TurnOptions {
  readonly urgency: Urgency;
  /** Before the first attempt. */
  readonly pauseMs: number;
  /** Called just before each attempt. If it throws, the read ends. */
  readonly onStart: () => void;
  /** Called when an answer has arrived, before it waits for memory. */
  readonly onAnswer: () => void;
}

/**
 * One read of a shard, with all its attempts. Each attempt waits for its turn, then holds one of the concurrent requests until it is
 * answered, and memory until `giveUp`. Between attempts it holds nothing.
 */
export class ReadTurn implements Attempts {
  private urgency: Urgency;
  private pauseMs: number;
  private started: StartedRead | undefined;
  private isUnderWay = false;

  constructor(
    private readonly scheduler: ReadScheduler,
    private readonly part: StreamPart,
    private readonly options: TurnOptions,
  ) {
    this.urgency = options.urgency;
    this.pauseMs = options.pauseMs;
  }

  /** @throws whatever the attempt or `onStart` throws, or the reason with which the stream left */
  async run<Result>(attempt: () => Promise<Result>): Promise<Result> {
    this.giveUp();
    const read = await this.scheduler.start(this.part, this.urgency, this.pauseMs);
    this.started = read;
    this.isUnderWay = true;
    this.pauseMs = 0;
    try {
      this.options.onStart();
      const result = await attempt();
      this.urgency = this.options.urgency;
      this.scheduler.succeeded(read);
      return result;
    } catch (error) {
      if (error instanceof AwsFault && error.pace === 'throttled') this.scheduler.throttled(read);
      this.urgency = 'failed';
      this.giveUp();
      throw error;
    } finally {
      this.requestEnded(read);
    }
  }

  async received(bytes: number): Promise<void> {
    if (!this.started) return;
    this.options.onAnswer();
    this.requestEnded(this.started);
    await this.scheduler.admit(this.started.reservation, bytes);
  }

  /** The read's page takes `bytes`. The owner of the returned reservation releases it when the page is applied. */
  hold(bytes: number): Reservation | undefined {
    const reservation = this.started?.reservation;
    this.started = undefined;
    if (reservation) this.scheduler.hold(reservation, bytes);
    return reservation;
  }

  /** Releases the memory, unless a page holds it. */
  giveUp(): void {
    if (this.started) this.scheduler.giveUp(this.started.reservation);
    this.started = undefined;
  }

  private requestEnded(read: StartedRead): void {
    if (!this.isUnderWay) return;
    this.isUnderWay = false;
    this.scheduler.ended(read);
  }
}
