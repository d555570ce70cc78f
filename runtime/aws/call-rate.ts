import type { Clock } from '../clock';

/** Spaces calls out evenly, whoever makes them: at most so many a second. */
export class CallRate {
  private nextAtMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly callsASecond: number,
  ) {}

  /** Resolves when the caller may call, first come first served. @throws the signal's reason */
  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.clock.elapsedMs();
    const atMs = Math.max(now, this.nextAtMs);
    this.nextAtMs = atMs + 1_000 / this.callsASecond;
    if (atMs > now) await this.clock.sleep(atMs - now, signal);
  }
}
