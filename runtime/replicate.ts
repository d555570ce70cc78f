import { linkedController, onAbort } from './abort';
import { SdkServices } from './aws/sdk';
import type { AwsSettings } from './aws/settings';
import { LocalClock } from './clock';
import { type GivenSettings, settingsOf } from './config';
import { type EventMap, type EventName, Events } from './observe/events';
import { ReplicatorError } from './errors';
import { awsOf, openPlace } from './open';
import { Replicator, type RunOutcome } from './replicator';

/** An event with its name (runtime/observe/events.ts lists them). Times are in epoch ms, durations in ms. */
export type ReplicatorEvent = { [Name in EventName]: { readonly name: Name } & EventMap[Name] }[EventName];

/** The replication did not end within `timeouts.stopMs` after its signal aborted, so `replicate` gave up waiting for it. */
export class StopTimedOut extends ReplicatorError {
  readonly kind = 'retry';

  constructor(readonly stopMs: number) {
    super(
      `The replication did not stop within ${stopMs / 1_000} s (timeouts.stopMs), because AWS or the destination does not ` +
        `answer. Nothing is lost: uncommitted changes are read again at the next start. End this process before you start ` +
        `another one for the same tables.`,
    );
  }
}

export interface ReplicateOptions {
  /** Stops the replication. Pending changes are committed first, within `timeouts.stopMs`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with every event; nothing waits for it. If it throws, or its promise rejects, the replication stops and `replicate`
   * throws that error.
   */
  readonly onEvent?: ((event: ReplicatorEvent) => void | Promise<void>) | undefined;
  /** AWS credentials, instead of those that the AWS SDK finds. */
  readonly credentials?: AwsSettings['credentials'];
}

/**
 * Replicates tables: loads an export of each, then follows its stream, until the signal aborts or errors have stopped all
 * tables. A table that fails does not affect the others. It writes no log, health or metrics, and `status`, `verify` and
 * `resync` of other processes cannot reach it.
 * @param settings as in a settings file (docs/CONFIGURATION.md); environment variables are not read
 * @returns the tables that an error has stopped; none if the signal stopped them
 * @throws InvalidSettings, AwsFault when no region is configured, StopTimedOut, and what `onEvent` throws
 */
export async function replicate(
  settings: GivenSettings,
  { signal, onEvent, credentials }: ReplicateOptions = {},
): Promise<RunOutcome> {
  const complete = settingsOf(settings);
  const clock = new LocalClock(complete.clockRate);
  const events = new Events();
  const { controller, unlink } = linkedController(signal);
  const stop = controller.signal;
  let failure: { readonly error: unknown } | undefined;
  if (onEvent) {
    const notify = async (event: ReplicatorEvent) => onEvent(event);
    events.onAny((name, event) => {
      notify({ name, ...event } as ReplicatorEvent).catch((error: unknown) => {
        failure ??= { error };
        controller.abort(error);
      });
    });
  }
  try {
    const outcome = await endingWithin(complete.timeouts.stopMs, stop, async () => {
      const aws = await SdkServices.open({ ...awsOf(complete), credentials }, clock);
      try {
        const destination = await openPlace(complete, credentials);
        try {
          return await new Replicator({ settings: complete, aws, destination, clock, events }).run(stop);
        } finally {
          await destination.close();
        }
      } finally {
        aws.close();
      }
    });
    if (failure !== undefined) throw failure.error;
    return outcome;
  } finally {
    unlink();
  }
}

/** @throws StopTimedOut when the work has not ended `ms` after the signal aborted */
async function endingWithin<T>(ms: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let stopListening: () => void = () => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    stopListening = onAbort(signal, () => {
      timer = setTimeout(() => reject(new StopTimedOut(ms)), ms);
    });
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    stopListening();
    clearTimeout(timer);
  }
}
