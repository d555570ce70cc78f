import { mainThreadSeconds } from '../measured';

const TICK_MS = 10;

/**
 * Measures the longest stall of the event loop caused by this process: CPU time of its main thread between two ticks, so that
 * other work on the machine does not count. If the system does not report that, it is wall-clock time.
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
