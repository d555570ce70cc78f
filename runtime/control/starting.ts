import { readFile, rm } from 'node:fs/promises';
import type { ControlPlace } from '../destinations/destination';
import { DestinationLocked } from '../destinations/errors';
import { ReplicatorError } from '../errors';
import { addressFile, readHolder } from './loopback-address';
import { isAlive } from './loopback-client';
import { writePrivately } from './private-file';

/** A starting replicator holds the destination's file, but does not answer yet. */
export class ReplicatorStarting extends ReplicatorError {
  readonly kind = 'retry';

  /** @param phrase the kind of file: `a DuckDB file` */
  constructor(
    readonly file: string,
    phrase: string,
    readonly pid: number,
  ) {
    super(
      `A replicator is starting for ${file} (process ${pid}), and ${phrase} takes one process at a time. To see its state in a moment: ` +
        `dynamodb-replicator status --to ${file} . To stop it: kill ${pid}`,
    );
  }
}

/**
 * Announces in a file beside the destination's that this process is about to hold it, unless another process does.
 * @returns a function that removes the announcement, unless something else has replaced it
 */
export async function announceStart(place: ControlPlace): Promise<() => Promise<void>> {
  if (place.kind !== 'file') return () => Promise.resolve();
  const file = addressFile(place.destinationFile);
  const isOwn = async () => {
    const holder = await holderOf(place.destinationFile);
    return holder?.isStarting === true && holder.pid === process.pid;
  };
  const holder = await holderOf(place.destinationFile);
  const isTaken = holder !== undefined && isAlive(holder.pid) && !(await isOwn());
  // If this cannot be written, neither can the destination's file, and that is reported.
  if (!isTaken)
    await writePrivately(file, JSON.stringify({ pid: process.pid, starting: true })).catch(() => undefined);
  return async () => {
    if (await isOwn()) await rm(file, { force: true });
  };
}

/**
 * Works with a destination that another process may hold.
 * @throws ReplicatorStarting if a starting replicator holds it, and what `work` throws
 */
export async function unlessStarting<T>(place: ControlPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (place.kind !== 'file' || !(error instanceof DestinationLocked) || error.pid === undefined)
      throw error;
    const { destinationFile, phrase } = place;
    throw (await holderOf(destinationFile))?.pid === error.pid
      ? new ReplicatorStarting(destinationFile, phrase, error.pid)
      : error;
  }
}

/** The replicator that has written its process id beside the file. */
async function holderOf(destinationFile: string): Promise<ReturnType<typeof readHolder>> {
  try {
    return readHolder(await readFile(addressFile(destinationFile), 'utf8'));
  } catch {
    return undefined;
  }
}
