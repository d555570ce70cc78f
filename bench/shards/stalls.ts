import { mainThreadSeconds } from '../measured';

const TICK_MS = 10;

/**
 * The longest that the event loop stood because of this process itself: CPU time of its main thread between two ticks, so that
 * other work on the machine is left out. Wall time where the system does not tell the other.
 */
export class Stalls {
  longestMs = 0;
  private last = now();
  private readonly timer = setInterval(() => this.tick(), TICK_MS);

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const before = this.last;
    this.last = now();
    this.longestMs = Math.max(this.longestMs, this.last - before);
  }
}

function now(): number {
  const seconds = mainThreadSeconds();
  return seconds === undefined ? performance.now() : seconds * 1_000;
}
