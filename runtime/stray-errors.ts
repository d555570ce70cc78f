import { AsyncLocalStorage } from 'node:async_hooks';
import { ReplicatorError } from './errors';

/** A rejection that no code handles: a bug. Its owner is stopped, as it may otherwise wait forever for the failed work. */
export class StrayError extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    /** File, line and column, as in a stack; undefined when the error has no stack. */
    readonly place: string | undefined,
    cause: Error,
  ) {
    super(
      `Stopped by an unexpected error${place === undefined ? '' : ` (at ${place})`}: ${cause.message}. Nothing is lost: start ` +
        `the replicator again, and it continues from its last commit. If it happens again, update the replicator.`,
      { cause },
    );
    this.stack = cause.stack ?? '';
  }
}

const owners = new AsyncLocalStorage<(error: StrayError) => void>();

/** Runs work and calls `stop` with its stray errors, so that `stop` can end what they leave waiting. */
export function ownedBy<Result>(
  stop: (error: StrayError) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  return owners.run(stop, work);
}

/**
 * Until the returned function is called, an unhandled rejection ends its owner instead of the process. Those without an owner
 * go to `report`.
 */
export function catchStrayErrors(report: (error: StrayError) => void): () => void {
  const onRejection = (reason: unknown) => {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    (owners.getStore() ?? report)(new StrayError(innermostCall(error), error));
  };
  process.on('unhandledRejection', onRejection);
  return () => process.off('unhandledRejection', onRejection);
}

/** The innermost call of the stack that is not Node's own. */
function innermostCall({ stack = '' }: Error): string | undefined {
  const calls = [...stack.matchAll(/^ {4}at (?:.* \()?([^()\n]+:\d+:\d+)\)?$/gm)].map(([, place]) => place);
  return calls.find((place) => place !== undefined && !place.startsWith('node:'));
}
