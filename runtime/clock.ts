import { onAbort } from './abort';

/**
 * Time as this process sees it: for pauses and for measuring how long something took, never for the rules, which go
 * by the service's clock (`aws/service-clock.ts`).
 */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back. */
  elapsedMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The machine's clock. `rate` > 1 makes a second last 1/rate seconds: only of use against a simulator whose clock runs
 * fast by the same rate, so that pauses keep their proportion to the service's time.
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
