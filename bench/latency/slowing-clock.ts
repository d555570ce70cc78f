import type { Clock } from '../../runtime/clock';
import { LocalClock } from '../../runtime/clock';
import type { SimulatorClock } from '../../simulator';

/** Runs faster than real time until it is slowed to it, so that nobody waits for what takes AWS an hour. */
export class SlowingClock implements Clock, SimulatorClock {
  private readonly origin = performance.now();
  private slowedAt: number | undefined;
  private leapt = 0;

  /** @param start epoch ms */
  constructor(
    private readonly rate: number,
    private readonly start: number,
  ) {}

  elapsedMs(): number {
    const now = performance.now();
    const slowedAt = this.slowedAt ?? now;
    return (slowedAt - this.origin) * this.rate + (now - slowedAt);
  }

  now(): number {
    return Math.floor(this.start + this.leapt + this.elapsedMs());
  }

  advance(ms: number): void {
    this.leapt += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new LocalClock(this.slowedAt === undefined ? this.rate : 1).sleep(ms, signal);
  }

  slowDown(): void {
    this.slowedAt ??= performance.now();
  }
}
