import type { Clock } from '../clock';

/** After a cut, throttling of calls that were already under way says nothing new. */
const CUT_INTERVAL_MS = 1_000;
/** One more slot, when that long nothing was throttled. */
const GROWTH_INTERVAL_MS = 2_000;

interface Waiter {
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * How many reads may be under way at once. Throttling halves the number (fault table: LimitExceededException and its
 * variants); every two seconds without it add one again, up to the maximum.
 */
export class ReadSlots {
  private limit: number;
  private inUse = 0;
  private changedAt = -Infinity;
  private waiters: Waiter[] = [];
  private closedWith: { readonly reason: unknown } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly maximum: number,
  ) {
    this.limit = maximum;
  }

  /** Runs `read` when a slot is free, first come first served. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    if (this.closedWith) throw this.closedWith.reason;
    if (this.inUse < this.limit) this.inUse += 1;
    else await new Promise<void>((resolve, reject) => this.waiters.push({ resolve, reject }));
    try {
      return await read();
    } finally {
      this.inUse -= 1;
      this.admit();
    }
  }

  throttled(): void {
    const now = this.clock.elapsedMs();
    if (this.limit < this.maximum && now - this.changedAt < CUT_INTERVAL_MS) return;
    this.changedAt = now;
    this.limit = Math.max(1, Math.floor(this.limit / 2));
  }

  succeeded(): void {
    if (this.limit === this.maximum) return;
    const now = this.clock.elapsedMs();
    if (now - this.changedAt < GROWTH_INTERVAL_MS) return;
    this.changedAt = now;
    this.limit += 1;
    this.admit();
  }

  /** Turns away everyone who waits or comes. */
  close(reason: unknown): void {
    this.closedWith = { reason };
    for (const waiter of this.waiters.splice(0)) waiter.reject(reason);
  }

  private admit(): void {
    while (this.inUse < this.limit) {
      const next = this.waiters.shift();
      if (!next) return;
      this.inUse += 1;
      next.resolve();
    }
  }
}
