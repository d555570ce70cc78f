import { Turns } from './turns';

/** A limited number of permits. Others wait in order of arrival. */
export class Semaphore {
  private readonly turns = new Turns<void>();

  constructor(private free: number) {}

  /** Whether the next `acquire` has to wait. */
  get isTaken(): boolean {
    return this.free === 0;
  }

  /**
   * Waits for a permit and returns the function that releases it, to be called once.
   * @throws the signal's reason when it aborts before a permit is free
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else await this.turns.wait(signal);
    return () => this.release();
  }

  /** Runs work while holding a permit. */
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
