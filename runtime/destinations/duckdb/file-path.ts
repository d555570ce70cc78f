import { accessSync, type BigIntStats, constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ReplicatorError } from '../../errors';

/** The file was deleted, moved or replaced while it was open. */
export class DestinationFileReplaced extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param log where the file's log is now, if it had one at this path */
  constructor(
    readonly path: string,
    readonly log: string | undefined,
  ) {
    super(
      `DuckDB file ${path} was deleted, moved or replaced while the replicator had it open. The replicator no longer writes ` +
        `to that file, or to another one of this name. Move the original file back to ${path}` +
        (log === undefined ? '' : `, and its log from ${log} to ${logOf(path)}`) +
        `, and start the replicator again. If the original file is lost, move any other file away from that path: the ` +
        `replicator reloads the tables into a new one.`,
    );
  }
}

/**
 * DuckDB's log of a database file, from which whoever opens the file next replays the commits. DuckDB takes what follows
 * a question mark for the parameters of an address: the log of `a?b.duckdb` is `a.wal?b.duckdb`.
 * @param suffix of another part of the log
 */
export function logOf(path: string, suffix = '.wal'): string {
  const end = path.includes('?') ? path.indexOf('?') : path.length;
  return path.slice(0, end) + suffix + path.slice(end);
}

/** Why DuckDB cannot write a log for a database in this folder. DuckDB itself notices only at the first commit. */
export function logProblem(folder: string): string | undefined {
  if (!folder.includes('?')) return undefined;
  return `DuckDB cannot keep a database in a folder with a question mark in its path: ${folder}. Choose another path with --to.`;
}

/** The file that a path leads to. `undefined`: none. */
export type FileIdentity = string | undefined;

export function identityOf(path: string): FileIdentity {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && identify(found);
}

export function identify({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/**
 * Why no database can be opened or created at a path, in a sentence with the fix. `undefined`: the path is not the
 * reason.
 * @param forWriting whether the database is opened for writing
 * @param allows whether this user has access to a path; a seam for tests
 */
export function pathProblem(path: string, forWriting = true, allows: Allows = isAllowed): string | undefined {
  const full = resolve(path);
  const found = lookUp(full);
  if (found === 'ENAMETOOLONG')
    return `The name ${abridged(basename(full))} is too long for this file system. Choose a shorter one with --to.`;
  if (found === 'ELOOP')
    return `${path} is a link that leads back to itself. Remove it, or choose another file with --to.`;
  const folder = dirname(full);
  if (found === 'ENOTDIR')
    return `${fileAmongFolders(folder)} is a file, not a folder. Choose another path with --to.`;
  if (found === 'EACCES')
    return `This user cannot enter folder ${folder}. Change its mode or owner: ls -ld ${folder}`;
  if (found === 'folder') return `${path} is a folder. Give --to a file in it.`;
  if (found === 'ENOENT' && lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink())
    return `${path} is a link to ${readlinkSync(full)}, which does not exist. Create that folder, or remove the link.`;
  if (found === 'ENOENT') return forWriting ? folderProblem(folder, allows) : `File ${path} does not exist.`;
  if (!allows(full, constants.R_OK | (forWriting ? constants.W_OK : 0)))
    return `This user cannot ${forWriting ? 'write' : 'read'} ${path}. Change its mode or owner: ls -l ${path}`;
  return forWriting ? folderProblem(folder, allows) : undefined;
}

/** An open database has other files beside it. */
function folderProblem(folder: string, allows: Allows): string | undefined {
  const found = lookUp(folder);
  if (found === 'ENOENT') return `Folder ${folder} does not exist. Create it: mkdir -p ${folder}`;
  if (found !== 'folder') return undefined;
  const problem = logProblem(folder);
  if (problem !== undefined) return problem;
  if (allows(folder, constants.W_OK | constants.X_OK)) return undefined;
  return `This user cannot write to folder ${folder}. Change its mode or owner: ls -ld ${folder}`;
}

/** @param mode of `access` */
type Allows = (path: string, mode: number) => boolean;

type Found = 'file' | 'folder' | string;

/** What a path leads to, or the code of the error when it cannot be found out. */
function lookUp(path: string): Found {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** The nearest existing part of a path that is not a folder. */
function fileAmongFolders(path: string): string {
  let part = path;
  while (part !== dirname(part) && lookUp(part) !== 'file') part = dirname(part);
  return part;
}

const LONGEST_SHOWN = 40;

function abridged(name: string): string {
  return name.length <= LONGEST_SHOWN ? name : `${name.slice(0, LONGEST_SHOWN)}…`;
}
