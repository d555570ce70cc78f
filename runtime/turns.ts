import { onAbort } from './abort';

/** A queue of waiters, in order of arrival. Each turn carries a value for its waiter. */
export class Turns<Given> {
  private readonly waiting: ((given: Given) => void)[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** @throws the signal's reason when it aborts before the turn has come */
  wait(signal: AbortSignal | undefined): Promise<Given> {
    return new Promise((resolve, reject) => {
      const granted = (given: Given) => {
        stopListening();
        resolve(given);
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

  /** Gives the turn to the first waiter. Returns false if there is none. */
  next(given: Given): boolean {
    const first = this.waiting.shift();
    first?.(given);
    return first !== undefined;
  }
}
