import type { Clock } from '../../../runtime/clock';

/** A clock that advances only in sleeps, which end at once. */
export class HandClock implements Clock {
  elapsed = 0;
  readonly sleeps: number[] = [];
  /** Called before each sleep. */
  onSleep: () => void = () => undefined;

  elapsedMs(): number {
    return this.elapsed;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.onSleep();
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.elapsed += ms;
  }
}
