import { NotReady } from './errors';

/** Time in which something is awaited. */
export interface Patience {
  sleep(ms: number): Promise<void>;
  /** Any origin. */
  now(): number;
  readonly everyMs: number;
  readonly longestMs: number;
}

/**
 * Looks again and again until there is something.
 * @param what for the message: what is still so when the time is over, `table x is CREATING`
 * @throws NotReady, and whatever `look` throws
 */
export async function until<Found>(
  look: () => Promise<Found | undefined>,
  what: string,
  { sleep, now, everyMs, longestMs }: Patience,
): Promise<Found> {
  const end = now() + longestMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (now() >= end) throw new NotReady(what, longestMs);
    await sleep(everyMs);
  }
}
