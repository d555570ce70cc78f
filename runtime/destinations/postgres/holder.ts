import { hostname } from 'node:os';
import { PipelineHeld } from '../errors';
import { integer } from '../relational/sql';
import { LOCKS } from './bookkeeping';
import type { Session } from './connection/session';
import type { Transaction } from './connection/transaction';
import { heldUp } from './locks';
import { type Sighting, sightings } from './mailbox/presences';
import type { WriterLocks } from './writer-locks';

const CHECK_MS = 500;
/** How long a writer that was taken over has to finish, before its session is ended. */
const FINISHING_MS = 2_000;
const MOST_TRIES = 5;

/**
 * Returns once nobody else clearly writes the pipeline: this process gets the lock, or its holder no longer renews
 * its presence. This is a courtesy to users who start a second replicator by mistake. What fences writers is the
 * epoch (rule C2).
 * @throws PipelineHeld, and the signal's reason
 */
export async function requireFree(
  locks: WriterLocks,
  session: Session,
  pipeline: string,
  number: number,
  signal?: AbortSignal,
): Promise<void> {
  let first: Sighting | undefined;
  for (;;) {
    if (await locks.take(number, signal)) return;
    const other = await session.transaction((transaction) => otherWriter(transaction, pipeline), 'snapshot');
    if (other === undefined) return;
    if (first?.id === other.id && first.seen !== other.seen)
      throw new PipelineHeld(pipeline, other.host, other.pid);
    first ??= other;
    await session.server.clock.sleep(CHECK_MS, signal);
  }
}

/**
 * Returns once no other transaction of the pipeline is running. From then on none can begin. Ends those of earlier
 * writers that take too long: they are about to be fenced anyway. Later locks of this transaction have the same short
 * timeout.
 */
export async function endingWriters(transaction: Transaction, number: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    const wait = `SELECT pg_advisory_xact_lock(${LOCKS.writing}, ${integer(number)})`;
    const held = await heldUp(transaction, FINISHING_MS, wait);
    if (held === undefined) return;
    if (tries === MOST_TRIES) throw held;
    await endWriters(transaction, number);
  }
}

async function endWriters(transaction: Transaction, number: number): Promise<void> {
  await transaction.run(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND
       classid = ${LOCKS.writing} AND objid = ${integer(number)} AND pid <> pg_backend_pid() AND
       database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
}

/** Another process that replicates a table of this name. */
async function otherWriter(transaction: Transaction, pipeline: string): Promise<Sighting | undefined> {
  const table = pipeline.slice(pipeline.lastIndexOf('/') + 1);
  const others = await sightings(transaction);
  return others.find(
    ({ host, pid, tables }) => tables.includes(table) && !(host === hostname() && pid === process.pid),
  );
}
