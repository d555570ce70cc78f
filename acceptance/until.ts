import type { LabClock } from './check';
import { NotReady } from './errors';

/** How often to ask, and for how long. */
interface Pace {
  readonly everyMs: number;
  readonly atMostMs: number;
}

/**
 * Asks again and again until there is an answer.
 * @returns the answer and how long it took, from the first question to the one that was answered; undefined after `atMostMs`
 */
export async function until<Found>(
  { clock }: { readonly clock: LabClock },
  { everyMs, atMostMs }: Pace,
  ask: () => Promise<Found | undefined>,
): Promise<{ readonly found: Found; readonly tookMs: number } | undefined> {
  const begunAt = clock.now();
  for (;;) {
    const askedAt = clock.now();
    const found = await ask();
    if (found !== undefined) return { found, tookMs: askedAt - begunAt };
    if (clock.now() + everyMs - begunAt > atMostMs) return undefined;
    await clock.sleep(everyMs);
  }
}

/** Time in which something is awaited. */
export interface Patience extends LabClock {
  readonly everyMs: number;
  readonly longestMs: number;
}

/**
 * `until`, for what has to come.
 * @param what for the message: what is still so when the time is over, `table x is CREATING`
 * @throws NotReady, and whatever `look` throws
 */
export async function ready<Found>(
  look: () => Promise<Found | undefined>,
  what: string,
  { everyMs, longestMs: atMostMs, ...clock }: Patience,
): Promise<Found> {
  const result = await until({ clock }, { everyMs, atMostMs }, look);
  if (result === undefined) throw new NotReady(what, atMostMs);
  return result.found;
}
