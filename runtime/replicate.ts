import { linkedController, onAbort } from './abort';
import { SdkServices } from './aws/sdk';
import type { AwsSettings } from './aws/settings';
import { LocalClock } from './clock';
import { type GivenSettings, settingsOf } from './config';
import { type EventMap, type EventName, Events } from './observe/events';
import { ReplicatorError } from './errors';
import { awsOf, openPlace } from './open';
import { Replicator, type RunOutcome } from './replicator';

/** Something that happened, with its name: see runtime/observe/events.ts. Times are epoch ms, durations ms. */
export type ReplicatorEvent = { [Name in EventName]: { readonly name: Name } & EventMap[Name] }[EventName];

/** The replication had not ended `timeouts.stopMs` after it was stopped, so it was left as it was. */
export class StopTimedOut extends ReplicatorError {
  readonly kind = 'retry';

  constructor(readonly stopMs: number) {
    super(
      `The replication did not end within ${stopMs / 1_000} s of its stop (timeouts.stopMs), as AWS or the destination does ` +
        `not answer. Nothing is lost: what was not committed is read again at the next start. End this process before you ` +
        `start another one for the same tables.`,
    );
  }
}

export interface ReplicateOptions {
  /** Stops the replication in order: what is in hand is committed first, for `timeouts.stopMs` at most. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Hears everything that happens, as it happens; nothing waits for it. What it throws, or what a promise of its rejects with,
   * stops the replication, and `replicate` throws it.
   */
  readonly onEvent?: ((event: ReplicatorEvent) => void | Promise<void>) | undefined;
  /** Instead of those that the AWS SDK finds. */
  readonly credentials?: AwsSettings['credentials'];
}

/**
 * Replicates tables: loads an export of each, then follows its stream, until the signal aborts or an error has stopped every
 * table. A table that fails does not disturb the others. The command's log, health and metrics are not part of it, and other
 * processes (`status`, `verify`, `resync`) do not reach it.
 * @param settings of the shape of a settings file (docs/CONFIGURATION.md); environment variables are not read
 * @returns the tables that an error has stopped; none where the signal did
 * @throws InvalidSettings, AwsFault where no region is known, StopTimedOut, and what `onEvent` throws
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
    const hear = async (event: ReplicatorEvent) => onEvent(event);
    events.onAny((name, event) => {
      hear({ name, ...event } as ReplicatorEvent).catch((error: unknown) => {
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

/** @throws StopTimedOut when the work has not ended so long after its signal aborted */
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
