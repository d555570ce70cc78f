import { linkedController } from '../abort';
import { CutShort } from '../pipeline/requests';
import type { Session } from './session';

/**
 * Runs a replicator for as long as `work` lasts. `work` is called first, so that what it asks for waits when the
 * replicator begins, and it hears every event.
 * @param name for people: what the work is
 * @throws what `work` throws, or what ended the replicator before it was done
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
    // Why a pipeline stopped says more than that the work was cut short by it.
    const { failed } = await run;
    throw failed[0]?.error ?? (interrupted.aborted ? interrupted.reason : error);
  } finally {
    done.abort(new Error(`${name} is done`));
    unlink();
    await run.catch(() => undefined);
  }
}
