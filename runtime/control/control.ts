import { type Clock, LocalClock } from '../clock';
import type { ControlPlace } from '../destinations/destination';
import { ReplicatorError } from '../errors';
import { findOnLoopback } from './loopback-client';
import { LoopbackServer } from './loopback-server';
import { MailboxReplicator } from './mailbox-client';
import { MailboxServer } from './mailbox-server';
import type { ControlHandlers, RunningReplicator } from './protocol';

/** Another replicator holds the destination's file. */
export class AlreadyRunning extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param phrase the kind of file: `a DuckDB file` */
  constructor(file: string, phrase: string, pid: number) {
    super(
      `A replicator is already running for ${file} (process ${pid}), and ${phrase} takes one process at a time. To see ` +
        `its state: dynamodb-replicator status --to ${file} . To use other settings, stop it first: kill ${pid} .`,
    );
  }
}

/** Finds the running replicators of a destination. */
export async function findRunning(
  place: ControlPlace,
  clock: Clock = new LocalClock(),
): Promise<readonly RunningReplicator[]> {
  if (place.kind === 'file') {
    const found = await findOnLoopback(place.destinationFile);
    return found ? [found] : [];
  }
  const { mailbox } = place;
  return (await mailbox.present()).map((presence) => new MailboxReplicator(mailbox, presence, clock));
}

/** Answers requests to a running replicator until it is closed. */
export interface ControlServer {
  close(): Promise<void>;
}

export interface ControlOptions {
  /** Takes the destination, before others can see this replicator: only the holder of a file may write the address beside it. */
  readonly hold: () => Promise<void>;
  /** Gets unexpected errors. Requests are still answered. */
  readonly report: (error: Error) => void;
  readonly clock?: Clock;
}

/**
 * Answers the requests of other processes to the replicator of these tables.
 * @throws AlreadyRunning, and what `hold` throws
 */
export async function serveControl(
  place: ControlPlace,
  tables: readonly string[],
  handlers: ControlHandlers,
  { hold, report, clock = new LocalClock() }: ControlOptions,
): Promise<ControlServer> {
  if (place.kind === 'file') {
    const running = await findOnLoopback(place.destinationFile);
    if (running) throw new AlreadyRunning(place.destinationFile, place.phrase, running.pid);
    await hold();
    return LoopbackServer.start(place.destinationFile, tables, handlers);
  }
  await hold();
  return MailboxServer.start(place.mailbox, tables, handlers, report, clock);
}
