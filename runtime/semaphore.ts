import { Turns } from './turns';

/** So many at a time may hold a permit; others wait in the order in which they come. */
export class Semaphore {
  private readonly turns = new Turns<void>();

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
    else await this.turns.wait(signal);
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

  private release(): void {
    if (!this.turns.next()) this.free += 1;
  }
}
