import type { Clock } from '../../runtime/clock';
import { progress } from '../tiers/progress';

/** Rounds without progress of time: detects a program that loops forever. */
const LONGEST_WAIT_MS = 7 * 24 * 3_600_000;

interface Sleeper {
  readonly at: number;
  /** Sleepers of the same instant wake in the order in which they began to sleep. */
  readonly turn: number;
  readonly signal: AbortSignal | undefined;
  resolve: (() => void) | undefined;
  readonly reject: (reason: unknown) => void;
}

/**
 * A clock that stops while anything happens and then jumps to the next sleeper: a week passes in seconds, and a program
 * runs the same way each time. Report work outside this process's microtasks (sockets, files, a database) with `track`, or
 * time jumps past it.
 */
export class VirtualClock implements Clock {
  private elapsed = 0;
  private turns = 0;
  private readonly heap: Sleeper[] = [];
  private readonly sleepersOf = new WeakMap<AbortSignal, Set<Sleeper>>();
  private tracked = 0;
  private onSettled: (() => void) | undefined;

  /**
   * @param startedAt epoch ms at which time begins @param grainMs sleepers wake at multiples of it, so that many wake in one
   *   jump; useful for a simulated week
   */
  constructor(
    readonly startedAt: number = Date.UTC(2026, 0, 5, 12),
    private readonly grainMs: number = 1,
  ) {}

  elapsedMs(): number {
    return this.elapsed;
  }

  /** The time of a simulated service, epoch ms. */
  now(): number {
    return this.startedAt + this.elapsed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const at = Math.ceil((this.elapsed + Math.max(0, ms)) / this.grainMs) * this.grainMs;
      const sleeper: Sleeper = { at, turn: this.turns++, signal, resolve, reject };
      this.push(sleeper);
      if (signal) this.sleepersUnder(signal).add(sleeper);
    });
  }

  /** Stops time until the promise has settled. The promise must not wait for this clock. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.tracked += 1;
    const settled = () => {
      this.tracked -= 1;
      progress();
      this.onSettled?.();
    };
    promise.then(settled, settled);
    return promise;
  }

  /**
   * Stops time until what the work returns has settled, except while the work waits for a callback of the caller: that may wait for
   * this clock.
   * @param start gets a function that each promise of a callback goes through
   */
  trackCalling<T>(start: (calledBack: <V>(waitedFor: Promise<V>) => Promise<V>) => T): T {
    let [callbacks, isOver, isCounted] = [0, false, false];
    const count = () => {
      const counts = !isOver && callbacks === 0;
      if (counts === isCounted) return;
      isCounted = counts;
      this.tracked += counts ? 1 : -1;
      if (counts) return;
      progress();
      this.onSettled?.();
    };
    count();
    const work = start((waitedFor) => {
      callbacks += 1;
      count();
      const settled = () => {
        callbacks -= 1;
        count();
      };
      waitedFor.then(settled, settled);
      return waitedFor;
    });
    const over = () => {
      isOver = true;
      count();
    };
    Promise.resolve(work).then(over, over);
    return work;
  }

  /** Lets time pass until the promise has settled. @throws Error if nothing is left to wait for, or after a week */
  async run<T>(until: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    until.then(end, end);
    const target = this.elapsed + LONGEST_WAIT_MS;
    await this.passWhile(() => {
      if (this.elapsed > target) throw new Error('a week has passed without the awaited event');
      return !ended;
    });
    return until;
  }

  /** Lets `ms` pass, and runs everything due until then. */
  async advance(ms: number): Promise<void> {
    const target = this.elapsed + ms;
    await this.passWhile(() => {
      const next = this.next();
      return next !== undefined && next.at <= target;
    });
    this.elapsed = target;
  }

  private async passWhile(unfinished: () => boolean): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.tracked > 0) {
        await new Promise<void>((resolve) => {
          this.onSettled = resolve;
        });
        continue;
      }
      if (!unfinished()) return;
      const next = this.next();
      if (!next) throw new Error('time has stopped: nothing is running, and nobody sleeps');
      if (next.at > this.elapsed) {
        this.elapsed = next.at;
        progress();
      }
      this.wakeDue();
    }
  }

  private wakeDue(): void {
    for (let next = this.next(); next && next.at <= this.elapsed; next = this.next()) {
      this.pop();
      if (next.signal) this.sleepersOf.get(next.signal)?.delete(next);
      next.resolve?.();
    }
  }

  /** The earliest sleeper that was not aborted. */
  private next(): Sleeper | undefined {
    while (this.heap[0] && !this.heap[0].resolve) this.pop();
    return this.heap[0];
  }

  private sleepersUnder(signal: AbortSignal): Set<Sleeper> {
    const known = this.sleepersOf.get(signal);
    if (known) return known;
    const sleepers = new Set<Sleeper>();
    this.sleepersOf.set(signal, sleepers);
    // One listener for each signal: adding and removing one for each of a million sleeps would be slow.
    const onAbort = () => {
      for (const sleeper of sleepers) {
        sleeper.resolve = undefined;
        sleeper.reject(signal.reason);
      }
      sleepers.clear();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return sleepers;
  }

  private push(sleeper: Sleeper): void {
    const { heap } = this;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (!parent || isBefore(parent, sleeper)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = sleeper;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const childAt = right && left && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      const child = heap[childAt];
      if (!child || isBefore(last, child)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = last;
  }
}

function isBefore(one: Sleeper, other: Sleeper): boolean {
  return one.at < other.at || (one.at === other.at && one.turn < other.turn);
}
