import { onAbort } from './abort';

/**
 * This process's time, for pauses and durations. The rules never use it: they use AWS's clock (`aws/service-clock.ts`).
 */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back. */
  elapsedMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The machine's clock. With `rate` > 1 a second lasts 1/rate seconds. Use that only with a simulator whose clock runs at the
 * same rate, so that pauses stay in proportion to its time.
 */
export class LocalClock implements Clock {
  constructor(private readonly rate: number = 1) {}

  elapsedMs(): number {
    return performance.now() * this.rate;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stopListening();
        resolve();
      }, ms / this.rate);
      const stopListening = onAbort(signal, () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      });
    });
  }
}
