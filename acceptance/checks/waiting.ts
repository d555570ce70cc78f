import type { Lab } from '../check';

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
