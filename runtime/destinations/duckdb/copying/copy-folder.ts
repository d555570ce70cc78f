import { lstatSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Begins the names of the folders. */
const PREFIX = '.replicator-copy-';

/** Until its lock is taken, a folder has another name, so that nobody takes it for an abandoned one. */
const NEW_PREFIX = '.replicator-new-copy-';

/**
 * A DuckDB file of its own, which the process that made the folder holds open. The lock on it ends with that process,
 * however it ends. A process id would not do: two containers that share a disk may both be process 1.
 */
const LOCK = 'lock.duckdb';

/** Errors of a folder that nobody may write to. */
const UNWRITABLE: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS'];

/** The names of the folders of this process. Opening the lock of one a second time would release it. */
const own = new Set<string>();

/** A folder for a copy of a database. Only this user can read it, and it is removed when this process exits. */
export class CopyFolder {
  private readonly onExit = () => this.removeAll();

  private constructor(
    readonly path: string,
    private readonly lock: DuckDBInstance,
  ) {
    process.on('exit', this.onExit);
  }

  /** Creates one beside a database, or in the folder for temporary files if that folder cannot be written. */
  static async create(database: string): Promise<CopyFolder> {
    const [beside, elsewhere] = placesFor(database);
    try {
      return await CopyFolder.createIn(beside);
    } catch (error) {
      if (!UNWRITABLE.includes((error as NodeJS.ErrnoException).code)) throw error;
      return await CopyFolder.createIn(elsewhere);
    }
  }

  private static async createIn(parent: string): Promise<CopyFolder> {
    const made = await mkdtemp(join(parent, NEW_PREFIX));
    let lock: DuckDBInstance | undefined;
    try {
      lock = await DuckDBInstance.create(join(made, LOCK), { threads: '1' });
      const name = basename(made).replace(NEW_PREFIX, PREFIX);
      own.add(name);
      await rename(made, join(parent, name));
      return new CopyFolder(join(parent, name), lock);
    } catch (error) {
      lock?.closeSync();
      rmSync(made, { recursive: true, force: true });
      throw error;
    }
  }

  remove(): void {
    process.off('exit', this.onExit);
    this.removeAll();
    this.lock.closeSync();
    own.delete(basename(this.path));
  }

  private removeAll(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The folders that may hold copies of a database. */
function placesFor(database: string): readonly [beside: string, elsewhere: string] {
  return [dirname(database), tmpdir()];
}

/** Removes what killed processes left in the folders that may hold copies of a database. */
export async function removeAbandonedCopies(database: string): Promise<void> {
  for (const parent of new Set(placesFor(database))) {
    const names = await readdir(parent).catch(() => []);
    for (const name of names) if (name.startsWith(PREFIX)) await removeIfAbandoned(join(parent, name));
  }
}

async function removeIfAbandoned(folder: string): Promise<void> {
  if (own.has(basename(folder)) || !isOurs(folder)) return;
  try {
    (await DuckDBInstance.create(join(folder, LOCK), { threads: '1' })).closeSync();
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // The process that made it is alive, or another one removes it now.
  }
}

/** Everybody can create a folder of this name in a folder for temporary files, with anything in it. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  const lock = lstatSync(join(folder, LOCK), { throwIfNoEntry: false });
  if (found === undefined || lock === undefined) return false;
  const user = process.getuid?.() ?? found.uid;
  return found.isDirectory() && lock.isFile() && found.uid === user;
}
