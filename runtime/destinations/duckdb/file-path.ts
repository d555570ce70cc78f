import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ReplicatorError } from '../../errors';

/** The file was deleted, moved or replaced while it was open. */
export class DestinationFileReplaced extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly path: string) {
    super(
      `DuckDB file ${path} was deleted, moved or replaced while the replicator had it open. Nothing more is written, neither to ` +
        `the file that was open nor to what has its name now. Put the file back and start the replicator again; without it, the ` +
        `tables are loaded again into a new one.`,
    );
  }
}

/** Which file a path leads to; `undefined`: none. */
export type FileIdentity = string | undefined;

export function identityOf(path: string): FileIdentity {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

/**
 * Why no database can be opened or made at a path, in a sentence with what to do; `undefined`: the path is not the reason.
 * @param forWriting whether it is to be written
 * @param allows whether this user may do something with what is at a path; a seam for tests
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
    return `Folder ${folder} may not be entered by this user. Change its mode or owner: ls -ld ${folder}`;
  if (found === 'folder') return `${path} is a folder. Name a file in it with --to.`;
  if (found === 'ENOENT' && lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink())
    return `${path} is a link to ${readlinkSync(full)}, which does not exist. Create that folder, or remove the link.`;
  if (found === 'ENOENT') return forWriting ? folderProblem(folder, allows) : `There is no file ${path}.`;
  if (!allows(full, constants.R_OK | (forWriting ? constants.W_OK : 0)))
    return `${path} cannot be ${forWriting ? 'written' : 'read'} by this user. Change its mode or owner: ls -l ${path}`;
  return forWriting ? folderProblem(folder, allows) : undefined;
}

/** A database has files beside it while it is open. */
function folderProblem(folder: string, allows: Allows): string | undefined {
  const found = lookUp(folder);
  if (found === 'ENOENT') return `Folder ${folder} does not exist. Create it: mkdir -p ${folder}`;
  if (found !== 'folder') return undefined;
  if (allows(folder, constants.W_OK | constants.X_OK)) return undefined;
  return `Folder ${folder} cannot be written by this user. Change its mode or owner: ls -ld ${folder}`;
}

/** @param mode of `access` */
type Allows = (path: string, mode: number) => boolean;

type Found = 'file' | 'folder' | string;

/** What a path leads to, or the code of the error that keeps one from knowing. */
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

/** The nearest part of a path that is there, which is no folder. */
function fileAmongFolders(path: string): string {
  let part = path;
  while (part !== dirname(part) && lookUp(part) !== 'file') part = dirname(part);
  return part;
}

const LONGEST_SHOWN = 40;

function abridged(name: string): string {
  return name.length <= LONGEST_SHOWN ? name : `${name.slice(0, LONGEST_SHOWN)}…`;
}
