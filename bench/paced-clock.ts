import { onAbort } from '../runtime/abort';
import type { Clock } from '../runtime/clock';
import type { SimulatorClock } from '../simulator';

interface Sleeper {
  /** On the time of `elapsedMs`. */
  readonly due: number;
  readonly wake: () => void;
  timer: NodeJS.Timeout | undefined;
}

/**
 * A clock whose pace changes: it runs faster than real time while there is nothing to measure, so that nobody waits for what takes
 * AWS an hour.
 */
export class PacedClock implements Clock, SimulatorClock {
  private readonly sleepers = new Set<Sleeper>();
  private pacedAt = performance.now();
  private passedMs = 0;
  private leaptMs = 0;

  /** @param pace how many ms pass in a real one @param start epoch ms */
  constructor(
    private pace: number,
    private readonly start: number,
  ) {}

  elapsedMs(): number {
    return this.passedMs + (performance.now() - this.pacedAt) * this.pace;
  }

  now(): number {
    return Math.floor(this.start + this.leaptMs + this.elapsedMs());
  }

  /** Moves `now`, but neither `elapsedMs` nor sleepers. */
  advance(ms: number): void {
    this.leaptMs += ms;
  }

  /** From now on, `pace` ms pass in a real one, for sleepers too. */
  setPace(pace: number): void {
    this.passedMs = this.elapsedMs();
    this.pacedAt = performance.now();
    this.pace = pace;
    for (const sleeper of this.sleepers) this.schedule(sleeper);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let stopListening: () => void = () => undefined;
      const done = (settle: () => void) => {
        clearTimeout(sleeper.timer);
        this.sleepers.delete(sleeper);
        stopListening();
        settle();
      };
      const sleeper: Sleeper = {
        due: this.elapsedMs() + ms,
        wake: () => done(resolve),
        timer: undefined,
      };
      this.sleepers.add(sleeper);
      this.schedule(sleeper);
      stopListening = onAbort(signal, () => done(() => reject(signal?.reason as Error)));
    });
  }

  private schedule(sleeper: Sleeper): void {
    clearTimeout(sleeper.timer);
    sleeper.timer = setTimeout(sleeper.wake, (sleeper.due - this.elapsedMs()) / this.pace);
  }
}
