import { type Clock, LocalClock } from '../clock';
import type { ControlPlace } from '../destinations/destination';
import { ReplicatorError } from '../errors';
import { findOnLoopback } from './loopback-client';
import { LoopbackServer } from './loopback-server';
import { MailboxReplicator } from './mailbox-client';
import { MailboxServer } from './mailbox-server';
import type { ControlHandlers, RunningReplicator } from './protocol';

/** Another replicator has the destination's file, which is such a one as `phrase` says. */
export class AlreadyRunning extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(file: string, phrase: string, pid: number) {
    super(
      `A replicator runs for ${file} already (process ${pid}), and ${phrase} takes one process at a time. Ask that one ` +
        `(dynamodb-replicator status --to ${file}), stop it (kill ${pid}) to run with other settings, or use another file.`,
    );
  }
}

/** The replicators that run for a destination. */
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

/** Where a running replicator can be asked, until it is closed. */
export interface ControlServer {
  close(): Promise<void>;
}

export interface ControlOptions {
  /** Called before anything is said to others: only who has a file may write the address beside it. */
  readonly hold: () => Promise<void>;
  /** Hears of errors that nobody has foreseen. Requests are answered nevertheless. */
  readonly report: (error: Error) => void;
  readonly clock?: Clock;
}

/**
 * Answers requests of other processes for the replicator of these tables.
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
