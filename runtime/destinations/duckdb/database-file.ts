import { renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { Mutex } from '../../mutex';
import { type DuckDBSettings, whileLoading } from './config';
import { DestinationUnusable } from '../errors';
import { removeAbandonedCopies } from './copying/copy-folder';
import { classify } from './faults';
import {
  DestinationFileReplaced,
  type FileIdentity,
  identify,
  identityOf,
  logOf,
  logProblem,
  pathProblem,
} from './file-path';
import { clearRowFiles } from './parquet/row-file';

/** The name of the file inside DuckDB. */
export const CATALOG = 'replica';

/**
 * Rows that DuckDB compresses and writes as one row group: a sixth of its default. A row group is in memory while it
 * fills, and a commit of fewer rows is written twice. For nested documents this saves 100 MB. For small rows it takes
 * a tenth more on disk.
 */
const ROW_GROUP_ROWS = 20_480;

/** `read`: changes nothing on disk, and lets others read at the same time. */
export type OpenMode = 'read' | 'write';

const ATTACHED: Readonly<Record<OpenMode, string>> = {
  read: 'READ_ONLY',
  write: `ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`,
};

const LONGEST_LOG_BYTES = 32 * 1024 * 1024;

/** The name under which changes of DuckDB's settings run one after another. No pipeline has it. */
const ADJUSTMENTS = 'settings';

/**
 * A DuckDB file that this process has open. DuckDB itself would let one process open a file twice and damage it. So
 * there is one of these objects per path, and destinations share it. Nothing else may open the file: closing any
 * descriptor of it would release the lock that keeps other processes out.
 */
export class DatabaseFile {
  private static readonly opened = new Map<string, Promise<DatabaseFile>>();

  private readonly connections = new Set<DuckDBConnection>();
  /** By name: one per pipeline, and a few of our own. */
  private readonly mutexes = new Map<string, Mutex>();
  private users = 0;
  private inFlight = 0;
  private readonly onIdle: (() => void)[] = [];
  private closing: Promise<void> | undefined;
  private reopening: Promise<void> | undefined;
  private shortening = false;
  /** The number of columns of the table of each open load. */
  private readonly loads: number[] = [];
  /** Incremented when the file is reopened after a failure. Earlier connections are dead then. */
  incarnation = 0;

  /** The identity of the opened file. */
  private readonly identity: FileIdentity;
  /** The identity of its log after the last commit. */
  private logIdentity: FileIdentity;
  /** Where the log is, once the file has left its place. */
  private logAside: string | undefined;

  private constructor(
    readonly settings: DuckDBSettings,
    private instance: DuckDBInstance | undefined,
    private mode: OpenMode,
  ) {
    this.identity = identityOf(settings.path);
  }

  get path(): string {
    return this.settings.path;
  }

  /** For messages. */
  get location(): string {
    return `DuckDB file ${this.settings.path}`;
  }

  /**
   * Returns the file, opening it if necessary. Every call needs its `release`. The settings of the first opener
   * apply. A file that is open for reading is reopened when somebody wants to write.
   * @throws DestinationLocked, DestinationUnusable, DestinationUnavailable, DestinationFileReplaced
   */
  static async acquire(settings: DuckDBSettings, mode: OpenMode = 'write'): Promise<DatabaseFile> {
    let opening = DatabaseFile.opened.get(settings.path);
    if (opening === undefined) {
      opening = openInstance(settings, mode).then((instance) => new DatabaseFile(settings, instance, mode));
      DatabaseFile.opened.set(settings.path, opening);
      opening.catch(() => DatabaseFile.opened.delete(settings.path));
    }
    const file = await opening;
    // It may have been closed meanwhile.
    if (DatabaseFile.opened.get(settings.path) !== opening) return DatabaseFile.acquire(settings, mode);
    file.users += 1;
    try {
      if (mode === 'write') await file.makeWritable();
    } catch (error) {
      await file.release();
      throw error;
    }
    return file;
  }

  /** Releases one `acquire`. The last release checkpoints and closes the file. */
  async release(): Promise<void> {
    this.users -= 1;
    if (this.users > 0) return;
    this.closing ??= this.closeWhenIdle();
    await this.closing;
  }

  /** Closes the file, unless somebody acquires it meanwhile. */
  private async closeWhenIdle(): Promise<void> {
    while (this.inFlight > 0 || this.reopening !== undefined) {
      await this.idle();
      await this.reopening?.catch(() => undefined);
    }
    this.closing = undefined;
    if (this.users > 0) return;
    DatabaseFile.opened.delete(this.settings.path);
    // Before the lock is released: afterwards another process may use the folder.
    if (this.mode === 'write' && this.isSame()) clearRowFiles(this.settings.path);
    await this.shut();
  }

  /**
   * DuckDB continues to write to a deleted file. And it names its log by path, which may belong to another database
   * by then.
   * @throws DestinationFileReplaced
   */
  requireSame(): void {
    if (this.isSame()) return;
    this.setLogAside();
    throw new DestinationFileReplaced(this.path, this.logAside);
  }

  /** Otherwise whoever opens the file that took this one's place would replay our commits into it. */
  private setLogAside(): void {
    const log = logOf(this.path);
    if (this.logIdentity === undefined || identityOf(log) !== this.logIdentity) return;
    const aside = `${log}.of-replaced-file`;
    renameSync(log, aside);
    this.logAside = aside;
  }

  private isSame(): boolean {
    return identityOf(this.path) === this.identity;
  }

  private async makeWritable(): Promise<void> {
    if (this.mode === 'read') {
      this.mode = 'write';
      this.invalidate(this.incarnation);
    }
    await this.reopening;
  }

  async connect(): Promise<DuckDBConnection> {
    if (this.users === 0) throw new Error(`${this.location} is closed`);
    if (this.instance === undefined) this.reopening ??= this.reopen();
    await this.reopening;
    this.requireSame();
    const { instance } = this;
    if (instance === undefined) throw new Error(`${this.location} is closed`);
    const connection = await this.use(() => instance.connect());
    this.connections.add(connection);
    await this.use(() => connection.run(`USE ${CATALOG}`));
    return connection;
  }

  disconnect(connection: DuckDBConnection): void {
    if (this.connections.delete(connection)) connection.closeSync();
  }

  /** Runs a call into DuckDB. The file is neither closed nor reopened during the call. */
  async use<T>(call: () => Promise<T>): Promise<T> {
    this.inFlight += 1;
    try {
      return await call();
    } finally {
      this.inFlight -= 1;
      if (this.inFlight === 0) for (const wake of this.onIdle.splice(0)) wake();
    }
  }

  /** Runs work while nobody writes to the file: others cannot, because of the lock, and this process only reads it. */
  async whileReadOnly<T>(work: () => Promise<T>): Promise<T> {
    await this.reopening;
    if (this.mode === 'write') throw new Error(`${this.location} is open for writing`);
    return this.use(work);
  }

  /** Runs pieces of work with the same name one after another. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mutex = this.mutexes.get(name) ?? new Mutex();
    this.mutexes.set(name, mutex);
    return mutex.run(work);
  }

  /** Adjusts DuckDB for a load into a table with this many columns, until the matching `endLoad`. */
  async beginLoad(columns: number): Promise<void> {
    this.loads.push(columns);
    await this.adjust();
  }

  async endLoad(columns: number): Promise<void> {
    this.loads.splice(this.loads.indexOf(columns), 1);
    await this.adjust();
  }

  /**
   * Writes the log into the database when it has grown long. DuckDB does this itself, but not while another
   * transaction writes, and during loads one always does.
   */
  async shortenLog(): Promise<void> {
    const log = statSync(logOf(this.path), { bigint: true, throwIfNoEntry: false });
    if (this.isSame()) this.logIdentity = log && identify(log);
    if (log === undefined || log.size < LONGEST_LOG_BYTES || this.shortening) return;
    this.shortening = true;
    try {
      await this.runOnce('CHECKPOINT');
    } catch {
      // The commit itself has succeeded. If DuckDB is busy, the next commit tries again. Any problem with the file
      // shows at the next statement.
    } finally {
      this.shortening = false;
    }
  }

  private async adjust(): Promise<void> {
    try {
      await this.exclusively(ADJUSTMENTS, () => {
        const { settings, loads } = this;
        const { threads, memoryLimitMB } = loads.length === 0 ? settings : whileLoading(settings, loads);
        return this.runOnce(`SET threads = ${threads}; SET memory_limit = '${memoryLimitMB}MB'`);
      });
    } catch {
      // Without the adjustment DuckDB is slower or larger, but not wrong. Any problem with the file shows at the next
      // statement.
    }
  }

  private async runOnce(sql: string): Promise<void> {
    const connection = await this.connect();
    try {
      await this.use(() => connection.run(sql));
    } finally {
      this.disconnect(connection);
    }
  }

  /** DuckDB has given up on the file after a failure. Drops all connections and reopens the file. */
  invalidate(incarnation: number): void {
    if (incarnation !== this.incarnation || this.instance === undefined) return;
    this.incarnation += 1;
    this.reopening = this.idle().then(() => this.reopen());
    this.reopening.catch(() => undefined);
  }

  private async reopen(): Promise<void> {
    try {
      await this.shut();
      this.requireSame();
      this.instance = await openInstance(this.settings, this.mode);
    } finally {
      // After a failure the next `connect` tries again.
      this.reopening = undefined;
    }
  }

  private async shut(): Promise<void> {
    for (const connection of this.connections) connection.closeSync();
    this.connections.clear();
    if (this.instance !== undefined && !this.isSame()) {
      this.setLogAside();
      await leaveLog(this.instance);
    }
    this.instance?.closeSync();
    this.instance = undefined;
  }

  private async idle(): Promise<void> {
    while (this.inFlight > 0) await new Promise<void>((resolve) => this.onIdle.push(resolve));
  }
}

/** Keeps the log when the database closes: DuckDB would remove it by its path, which may belong to another database. */
async function leaveLog(instance: DuckDBInstance): Promise<void> {
  const connection = await instance.connect();
  try {
    await connection.run('PRAGMA disable_checkpoint_on_shutdown');
  } finally {
    connection.closeSync();
  }
}

async function openInstance(settings: DuckDBSettings, mode: OpenMode): Promise<DuckDBInstance> {
  const { path } = settings;
  const noLog = mode === 'write' ? logProblem(dirname(path)) : undefined;
  if (noLog !== undefined) throw cannotBeOpened(path, noLog);
  const spillDirectory = `${path}.tmp`;
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${settings.memoryLimitMB}MB`,
      threads: String(settings.threads),
      temp_directory: spillDirectory,
      preserve_insertion_order: 'false',
      // Each row group is written as soon as it is full. For many columns, five of them are 100 MB.
      write_buffer_row_group_count: '1',
      // Row files are read once. Cached, those of each commit would fill the memory.
      enable_external_file_cache: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    // Attached, since that is the only way to set the size of row groups.
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS ${CATALOG} (${ATTACHED[mode]})`);
    connection.closeSync();
    if (mode === 'write') {
      // Remove what a killed process left. We have the lock on the file now.
      rmSync(spillDirectory, { recursive: true, force: true });
      clearRowFiles(path);
      await removeAbandonedCopies(path);
    }
    return instance;
  } catch (error) {
    instance?.closeSync();
    const problem = pathProblem(path, mode === 'write');
    if (problem !== undefined) throw cannotBeOpened(path, problem, error);
    throw classify(error, `DuckDB file ${path}`, 'open');
  }
}

function cannotBeOpened(path: string, problem: string, cause?: unknown): DestinationUnusable {
  return new DestinationUnusable(`DuckDB file ${path} cannot be opened: ${problem}`, { cause });
}
