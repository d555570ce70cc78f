import { linkedController } from '../abort';

/** The abort reason for the other tasks of a group when one of them failed. */
export class GroupEnded extends Error {
  constructor() {
    super('another task of this group failed');
    this.name = 'GroupEnded';
  }
}

/**
 * Runs tasks concurrently and returns when all have ended. When one fails, the signal of the others aborts, and its error
 * is thrown once all have ended: nothing of the group still runs when the caller continues.
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
