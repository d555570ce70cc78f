import { linkedController } from '../abort';
import { CutShort } from '../pipeline/requests';
import type { Session } from './session';

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
