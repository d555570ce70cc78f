import { AsyncLocalStorage } from 'node:async_hooks';
import { ReplicatorError } from './errors';

/** A rejection that no code handles: a defect. What it was part of is stopped, as it may wait for ever for what has failed. */
export class StrayError extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    /** File, line and column, as in a stack; undefined when it has none. */
    readonly place: string | undefined,
    cause: Error,
  ) {
    super(
      `Stopped by an error that nothing handles${place === undefined ? '' : ` (at ${place})`}: ${cause.message}. Nothing is ` +
        `lost: start the replicator again, it goes on from its last commit; if it happens again, update the replicator.`,
      { cause },
    );
    this.stack = cause.stack ?? '';
  }
}

const owners = new AsyncLocalStorage<(error: StrayError) => void>();

/** Runs work, of which `stop` ends whatever a stray error leaves waiting. */
export function ownedBy<Result>(
  stop: (error: StrayError) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  return owners.run(stop, work);
}

/**
 * Until the returned function is called, a rejection that nobody handles ends its owner and not the process. `report` gets
 * those without an owner.
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
