/** The service's clock: what `Date` headers, creation times, trimming and expiry go by. */
export interface SimulatorClock {
  /** Epoch milliseconds. */
  now(): number;
}

/** Stands still until a test moves it: a day passes in a millisecond. */
export class ManualClock implements SimulatorClock {
  constructor(private time: number = Date.UTC(2026, 0, 5, 12)) {}

  now(): number {
    return this.time;
  }

  /** @throws RangeError when asked to go back. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`a clock cannot move by ${ms} ms`);
    this.time += ms;
  }

  set(epochMs: number): void {
    this.advance(epochMs - this.time);
  }
}

/** Runs at `rate` service seconds per real second, from `start` (epoch ms; default: now), and can leap ahead. */
export class RunningClock implements SimulatorClock {
  private readonly origin = performance.now();
  private leapt = 0;

  constructor(
    readonly rate: number = 1,
    private readonly start: number = Date.now(),
  ) {
    if (!(rate > 0)) throw new RangeError(`a clock cannot run at rate ${rate}`);
  }

  now(): number {
    return Math.floor(this.start + this.leapt + (performance.now() - this.origin) * this.rate);
  }

  /** @throws RangeError when asked to go back. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`a clock cannot move by ${ms} ms`);
    this.leapt += ms;
  }
}
