/** The service's clock, used for `Date` headers, creation times, trimming and expiry. */
export interface SimulatorClock {
  /** Epoch milliseconds. */
  now(): number;
}

/** Moves only when a test moves it: a day passes in a millisecond. */
export class ManualClock implements SimulatorClock {
  constructor(private time: number = Date.UTC(2026, 0, 5, 12)) {}

  now(): number {
    return this.time;
  }

  /** @throws RangeError for a negative duration */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`The clock cannot advance by ${ms} ms.`);
    this.time += ms;
  }

  set(epochMs: number): void {
    this.advance(epochMs - this.time);
  }
}

/** Runs `rate` times as fast as real time, from `start` (epoch ms; default: now), and can be advanced. */
export class RunningClock implements SimulatorClock {
  private readonly origin = performance.now();
  private leapt = 0;

  constructor(
    readonly rate: number = 1,
    private readonly start: number = Date.now(),
  ) {
    if (!(rate > 0)) throw new RangeError(`The clock's rate must be above 0, not ${rate}.`);
  }

  now(): number {
    return Math.floor(this.start + this.leapt + (performance.now() - this.origin) * this.rate);
  }

  /** @throws RangeError for a negative duration */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`The clock cannot advance by ${ms} ms.`);
    this.leapt += ms;
  }
}
