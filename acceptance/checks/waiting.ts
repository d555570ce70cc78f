import type { Lab } from '../check';

/**
 * Asks again and again until there is an answer.
 * @returns the answer and how long it took, from the first question to the one that was answered; undefined after `atMostMs`
 */
export async function until<Found>(
  lab: Pick<Lab, 'clock'>,
  { everyMs, atMostMs }: { readonly everyMs: number; readonly atMostMs: number },
  ask: () => Promise<Found | undefined>,
): Promise<{ readonly found: Found; readonly tookMs: number } | undefined> {
  const begunAt = lab.clock.now();
  for (;;) {
    const askedAt = lab.clock.now();
    const found = await ask();
    if (found !== undefined) return { found, tookMs: askedAt - begunAt };
    if (lab.clock.now() + everyMs - begunAt > atMostMs) return undefined;
    await lab.clock.sleep(everyMs);
  }
}

/** Sleeps until a time, in epoch ms. */
export async function sleepUntil(lab: Pick<Lab, 'clock'>, at: number): Promise<void> {
  const left = at - lab.clock.now();
  if (left > 0) await lab.clock.sleep(left);
}

/**
 * The name of the error with which AWS rejects a request; undefined if it accepts it.
 * @throws every other error, as of the network, of a server, or of a run that is stopped
 */
export async function refusal(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    const { name, $fault } = error as Error & { readonly $fault?: string };
    if ($fault !== 'client') throw error;
    return name;
  }
}
