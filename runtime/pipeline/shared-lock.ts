/**
 * A read-write lock in the order of requests. Loads and batches share a table's present columns; widening needs them
 * exclusively.
 */
export class SharedLock {
  private sharers = 0;
  private owned = false;
  private readonly queue: { exclusive: boolean; enter: () => void }[] = [];

  /** Returns the function that releases the share. Further calls of it do nothing. */
  async acquireShared(): Promise<() => void> {
    await this.enter(false);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.sharers--;
      this.next();
    };
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    await this.enter(true);
    try {
      return await work();
    } finally {
      this.owned = false;
      this.next();
    }
  }

  private enter(exclusive: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.queue.push({ exclusive, enter: resolve });
      this.next();
    });
  }

  private next(): void {
    for (;;) {
      const first = this.queue[0];
      if (first === undefined || this.owned || (first.exclusive && this.sharers > 0)) return;
      this.queue.shift();
      if (first.exclusive) this.owned = true;
      else this.sharers++;
      first.enter();
    }
  }
}
