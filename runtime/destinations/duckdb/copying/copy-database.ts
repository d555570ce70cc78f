import { mkdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ReplicatorError, sentence } from '../../../errors';
import { DestinationUnusable } from '../../errors';
import { logOf } from '../file-path';
import { CopyFailed, copyFiles, type FileCopy } from './copy-files';
import { CopyFolder, removeAbandonedCopies } from './copy-folder';

/** The parts of a log. DuckDB 1.5.5 leaves the last two if it is killed during a checkpoint, and then needs them. */
const LOG_SUFFIXES = ['.wal', '.wal.checkpoint', '.wal.recovery'];

/** The end of messages, before the path. */
const WITHOUT_COPY =
  'Or start a replicator, which needs no copy, and then run verify again: dynamodb-replicator run --table … --bucket … --to';

/** A disk has too little space for a copy of the database. */
export class NoSpaceForCopy extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param folder where the copy would go */
  constructor(
    readonly path: string,
    readonly folder: string,
    readonly neededBytes: number,
    readonly freeBytes: number,
  ) {
    super(
      `verify compares a copy of DuckDB file ${path}, and folder ${folder} has too little space: the copy and the rows to ` +
        `compare it with need ${megabytes(neededBytes)}, and ${megabytes(freeBytes)} are free. Free some space. ${WITHOUT_COPY} ${path}`,
    );
  }
}

/** A copy of a database. Only this process knows it. */
export interface DatabaseCopy {
  readonly path: string;
  remove(): void;
}

/**
 * Copies a database. Nobody may write to it meanwhile.
 * @param requireSame throws if another file has taken the place of the database
 * @throws NoSpaceForCopy, DestinationUnusable, or the signal's reason; then it leaves nothing behind
 */
export async function copyDatabase(
  path: string,
  requireSame: () => void,
  signal: AbortSignal | undefined,
): Promise<DatabaseCopy> {
  await removeAbandonedCopies(path);
  const folder = await CopyFolder.create(path).catch((error: unknown) => {
    throw copyFailed(path, error);
  });
  try {
    const copy = await copyInto(folder.path, path, signal);
    requireSame();
    return { path: copy, remove: () => folder.remove() };
  } catch (error) {
    folder.remove();
    throw error instanceof CopyFailed ? copyFailed(path, error) : error;
  }
}

async function copyInto(folder: string, path: string, signal: AbortSignal | undefined): Promise<string> {
  // In a folder of its own: no name of a database is taken there.
  const inner = join(folder, 'copy');
  mkdirSync(inner);
  const copy = join(inner, basename(path));
  const pairs: readonly FileCopy[] = [
    [path, copy],
    ...LOG_SUFFIXES.map((suffix): FileCopy => [logOf(path, suffix), logOf(copy, suffix)]),
  ];
  const sizes = pairs.map(([from]) => statSync(from, { throwIfNoEntry: false })?.size);
  const files = pairs.filter((_, i) => sizes[i] !== undefined);
  const bytes = sizes.reduce((sum: number, size = 0) => sum + size, 0);
  try {
    await copyFiles(files, 'clone', signal);
  } catch (error) {
    if (!(error instanceof CopyFailed)) throw error;
    const { bavail, bsize } = await statfs(inner);
    requireSpace({ path, folder: dirname(folder), bytes, free: bavail * bsize });
    await copyFiles(files, 'bytes', signal);
  }
  return copy;
}

/**
 * The rows to compare with take about as much space as the copy.
 * @throws NoSpaceForCopy
 */
export function requireSpace(of: {
  readonly path: string;
  readonly folder: string;
  readonly bytes: number;
  readonly free: number;
}): void {
  const needed = 2 * of.bytes;
  if (of.free < needed) throw new NoSpaceForCopy(of.path, of.folder, needed, of.free);
}

function copyFailed(path: string, cause: unknown): DestinationUnusable {
  const message = sentence(cause instanceof Error ? cause.message : String(cause));
  return new DestinationUnusable(
    `verify compares a copy of DuckDB file ${path}, which could not be made: ${message} ${WITHOUT_COPY} ${path}`,
    { cause },
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;
}
