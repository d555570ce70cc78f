import type { Clock } from '../clock';

const SECOND = 1_000;

/** Limits the calls of all callers together to a number a second. */
export class CallRate {
  /** When the last calls started, or will start, in ms of the local clock. */
  private readonly turns: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly callsASecond: number,
  ) {}

  /** Resolves when the caller may make its call, in order of arrival. @throws the signal's reason */
  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.clock.elapsedMs();
    const before = this.turns.length < this.callsASecond ? -Infinity : (this.turns.shift() ?? -Infinity);
    const atMs = Math.max(now, before + SECOND);
    this.turns.push(atMs);
    if (atMs > now) await this.clock.sleep(atMs - now, signal);
  }
}
