import { linkedController } from '../abort';
import type { Clock } from '../clock';

/** A constant: making an error for each of many pauses is slow. */
const WOKEN = Symbol('woken');

/** A pause that can be cut short. One sleeper at a time. */
export class InterruptibleSleep {
  private isSleeping = false;
  /** Kept from one pause to the next until it has been used up: most pauses are slept through. */
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

  /** Does nothing when nobody sleeps. */
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
