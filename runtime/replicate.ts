import { SdkServices } from './aws/sdk';
import type { AwsSettings } from './aws/settings';
import { LocalClock } from './clock';
import { type GivenSettings, settingsOf } from './config';
import { type EventMap, type EventName, Events } from './observe/events';
import { awsOf, openPlace } from './open';
import { Replicator, type RunOutcome } from './replicator';

/** What the package exports as `./runtime`: replication as a part of a program of your own. */

export { type GivenSettings, InvalidSettings } from './config';
export { ReplicatorError } from './errors';
export type { RunOutcome } from './replicator';

/** Something that happened, with its name: see runtime/observe/events.ts. Times are epoch ms, durations ms. */
export type ReplicatorEvent = { [Name in EventName]: { readonly name: Name } & EventMap[Name] }[EventName];

export interface ReplicateOptions {
  /** Stops the replication in order: what is in hand is committed first. */
  readonly signal?: AbortSignal | undefined;
  /** Hears everything that happens, as it happens. What it throws stops the replication, and `replicate` throws it. */
  readonly onEvent?: ((event: ReplicatorEvent) => void) | undefined;
  /** Instead of those that the AWS SDK finds. */
  readonly credentials?: AwsSettings['credentials'];
}

/**
 * Replicates tables: loads an export of each, then follows its stream, until the signal aborts or an error has stopped every
 * table. A table that fails does not disturb the others. The command's log, health and metrics are not part of it, and other
 * processes (`status`, `verify`, `resync`) do not reach it.
 * @param settings of the shape of a settings file (docs/CONFIGURATION.md); environment variables are not read
 * @returns the tables that an error has stopped; none where the signal did
 * @throws InvalidSettings, AwsFault where no region is known, and what `onEvent` throws
 */
export async function replicate(
  settings: GivenSettings,
  { signal, onEvent, credentials }: ReplicateOptions = {},
): Promise<RunOutcome> {
  const complete = settingsOf(settings);
  const clock = new LocalClock(complete.clockRate);
  const events = new Events();
  const listening = new AbortController();
  if (onEvent) {
    events.onAny((name, event) => {
      try {
        onEvent({ name, ...event } as ReplicatorEvent);
      } catch (error) {
        listening.abort(error);
      }
    });
  }
  const aws = await SdkServices.open({ ...awsOf(complete), credentials }, clock);
  try {
    const destination = await openPlace(complete, credentials);
    try {
      const replicator = new Replicator({ settings: complete, aws, destination, clock, events });
      const outcome = await replicator.run(AbortSignal.any([listening.signal, ...(signal ? [signal] : [])]));
      listening.signal.throwIfAborted();
      return outcome;
    } finally {
      await destination.close();
    }
  } finally {
    aws.close();
  }
}
