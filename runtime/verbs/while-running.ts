import { linkedController } from '../abort';
import { LocalClock } from '../clock';
import { CutShort } from '../pipeline/requests';
import type { Session } from './session';

/** How long a pipeline that has ended the work may take to stop. */
const UNTIL_STOPPED_MS = 5_000;

/**
 * Runs a replicator for as long as `work` lasts. `work` is called first: its request is queued before the replicator starts,
 * and it sees every event.
 * @param name names the work for people
 * @throws what `work` throws, or the error that ended the replicator earlier
 */
export async function whileRunning<Result>(
  session: Session,
  interrupted: AbortSignal,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { controller: done, unlink } = linkedController(interrupted);
  const result = work();
  const run = session.run(done.signal);
  const ended = run.then((): never => {
    throw new CutShort(name);
  });
  for (const either of [result, ended]) either.catch(() => undefined);
  try {
    return await Promise.race([result, ended]);
  } catch (error) {
    // A pipeline that stops ends the work first, and then records why.
    if (error instanceof CutShort && !interrupted.aborted) await ends(run, interrupted);
    done.abort(error);
    // The error that stopped a pipeline explains more than "cut short".
    const { failed } = await run;
    throw failed[0]?.error ?? (interrupted.aborted ? interrupted.reason : error);
  } finally {
    done.abort(new Error(`${name} is done`));
    unlink();
    await run.catch(() => undefined);
  }
}

/** Waits for a run that is about to end by itself. */
async function ends(run: Promise<unknown>, interrupted: AbortSignal): Promise<void> {
  const { controller, unlink } = linkedController(interrupted);
  const sleep = new LocalClock().sleep(UNTIL_STOPPED_MS, controller.signal);
  sleep.catch(() => undefined);
  await Promise.race([run, sleep]).catch(() => undefined);
  controller.abort();
  unlink();
}
