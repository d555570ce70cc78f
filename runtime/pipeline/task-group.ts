import { linkedController } from '../abort';

/** The abort reason given to the tasks of a group that ends because one of them has failed or is done. */
export class GroupEnded extends Error {
  constructor() {
    super('the other tasks of this group have ended');
    this.name = 'GroupEnded';
  }
}

/**
 * Runs tasks side by side. The first that fails ends the others (their signal aborts) and its error is thrown once all
 * have ended, so that nothing of the group is still running when the caller goes on. Ends when all have ended.
 */
export async function runTogether(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const { controller: group, unlink } = linkedController(signal);
  let failed = false;
  let failure: unknown;
  const guarded = tasks.map(async (task) => {
    try {
      await task(group.signal);
    } catch (error) {
      if (!failed) {
        failed = true;
        failure = error;
      }
      group.abort(new GroupEnded());
    }
  });
  await Promise.all(guarded);
  unlink();
  if (failed) throw failure;
}
