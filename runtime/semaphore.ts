import { onAbort } from './abort';

/** So many at a time may hold a permit; others wait in the order in which they come. */
export class Semaphore {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Whether the next one has to wait. */
  get isTaken(): boolean {
    return this.free === 0;
  }

  /**
   * Returns what gives the permit back; to be called once.
   * @throws the signal's reason when it aborts before there is a permit
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else await this.turn(signal);
    return () => this.release();
  }

  /** Runs work under a permit. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const granted = () => {
        stopListening();
        resolve();
      };
      const stopListening = onAbort(signal, () => {
        const place = this.waiting.indexOf(granted);
        if (place < 0) return;
        this.waiting.splice(place, 1);
        reject(signal?.reason as Error);
      });
      this.waiting.push(granted);
    });
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
