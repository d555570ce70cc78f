import { linkedController } from '../abort';
import type { Clock } from '../clock';

/** A constant, as creating an error for each of many pauses is slow. */
const WOKEN = Symbol('woken');

/** A sleep that `wake` ends early. One sleeper at a time. */
export class InterruptibleSleep {
  private isSleeping = false;
  /** Reused until `wake` aborts it, as most sleeps run to their end. */
  private bell: { readonly pause: AbortController; readonly of: AbortSignal; unlink(): void } | undefined;

  constructor(private readonly clock: Clock) {}

  /** Ends after `ms` or at `wake`; rejects with the signal's reason when it aborts. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { pause } = this.bellOf(signal);
    this.isSleeping = true;
    try {
      await this.clock.sleep(ms, pause.signal);
    } catch (error) {
      if (error !== WOKEN) throw error;
    } finally {
      this.isSleeping = false;
    }
  }

  /** Does nothing if nobody sleeps. */
  wake(): void {
    if (!this.isSleeping) return;
    this.bell?.unlink();
    this.bell?.pause.abort(WOKEN);
    this.bell = undefined;
  }

  private bellOf(signal: AbortSignal): { readonly pause: AbortController } {
    if (this.bell?.of === signal) return this.bell;
    this.bell?.unlink();
    const { controller: pause, unlink } = linkedController(signal);
    this.bell = { pause, of: signal, unlink };
    return this.bell;
  }
}
