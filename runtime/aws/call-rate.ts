import type { Clock } from '../clock';

const SECOND = 1_000;

/** Holds calls back, whoever makes them: at most so many in any second. */
export class CallRate {
  /** When the last calls were let go, or will be; ms of the local clock. */
  private readonly turns: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly callsASecond: number,
  ) {}

  /** Resolves when the caller may call, first come first served. @throws the signal's reason */
  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.clock.elapsedMs();
    const before = this.turns.length < this.callsASecond ? -Infinity : (this.turns.shift() ?? -Infinity);
    const atMs = Math.max(now, before + SECOND);
    this.turns.push(atMs);
    if (atMs > now) await this.clock.sleep(atMs - now, signal);
  }
}
