import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessAborted } from '../../abort';
import { finalMessage, ReplicatorError } from '../../errors';
import type {
  ControlPlace,
  DestinationCopy,
  CheckedTable,
  DestinationRequirement,
  LeaseOptions,
  OperableDestination,
  PipelineRecord,
  QueryResult,
  TableTarget,
} from '../destination';
import { DestinationUnusable } from '../errors';
import { readColumns, readPipeline, readPipelines } from '../relational/bookkeeping';
import { countDeadLetters } from '../relational/dead-letters';
import { type Counts, countsInFormat1, readFormat } from '../relational/format';
import { own, qualified } from '../relational/sql';
import type { SqlRow } from '../relational/transaction';
import { BOOKKEEPING, bookkeepingExists, ownRows, readState } from './bookkeeping';
import { type DuckDBSettings, PHRASE } from './config';
import { copyDatabase } from './copying/copy-database';
import { CATALOG, DatabaseFile, type OpenMode } from './database-file';
import { duckdbDialect } from './dialect';
import { pathProblem } from './file-path';
import { createBookkeeping } from './format';
import { readCheckpoint, readCounts } from './head';
import { DuckDBStore } from './store';
import { tableProblem } from '../relational/table-problem';
import { REGISTRY, takeLease } from './registration';
import { nameRequirement, tableRequirements } from './table-requirements';
import { onOwnConnection, Session, type DuckDBHooks, type Transaction } from './session';
import { DEFAULT_SCHEMA, DuckDBTables } from './tables';

/** Created to test whether it can be, and rolled back. */
const PROBE = qualified({ catalog: CATALOG, schema: DEFAULT_SCHEMA, table: own('probe') });

/** The name under which work on the whole file runs one after another. No pipeline has it. */
const WHOLE_FILE = '';

/** Replicates into tables of one DuckDB file, which only this process can open then. */
export class DuckDBDestination implements OperableDestination {
  readonly dialect = duckdbDialect;
  private file: Promise<DatabaseFile> | undefined;
  private mode: OpenMode = 'read';

  constructor(
    private readonly settings: DuckDBSettings,
    private readonly hooks: DuckDBHooks = {},
  ) {}

  get location(): string {
    return `DuckDB file ${this.settings.path}`;
  }

  get control(): ControlPlace {
    return { kind: 'file', destinationFile: this.settings.path, phrase: PHRASE };
  }

  async lease(target: TableTarget, signal?: AbortSignal, options?: LeaseOptions): Promise<DuckDBStore> {
    const file = await unlessAborted(signal, () => this.open('write'));
    const { tables, epoch } = await file.exclusively(WHOLE_FILE, () =>
      file.exclusively(target.pipeline, () =>
        this.inTransaction(
          file,
          async (transaction) => {
            await createBookkeeping(transaction);
            return takeLease(transaction, target, options);
          },
          signal,
        ),
      ),
    );
    return new DuckDBStore(file, this.hooks, tables, epoch);
  }

  async probe(signal?: AbortSignal): Promise<void> {
    if (!(await exists(this.settings.path))) return this.probeFolder();
    const session = new Session(await unlessAborted(signal, () => this.open('write')), this.hooks);
    try {
      const transaction = await session.begin(signal);
      try {
        await transaction.run(`CREATE TABLE ${PROBE} (probe BOOLEAN)`);
      } finally {
        await transaction.rollback();
      }
    } finally {
      session.close();
    }
  }

  async check(targets: readonly CheckedTable[]): Promise<readonly DestinationRequirement[]> {
    const requirement = 'destination reachable and writable';
    try {
      await this.probe();
      const reachable = { requirement, met: true, found: this.location, fix: undefined };
      return [reachable, ...(await this.tableRequirements(targets))];
    } catch (error) {
      if (!(error instanceof ReplicatorError)) throw error;
      return [{ requirement, met: false, found: finalMessage(error), fix: undefined }];
    }
  }

  /** Returns what is not met, and notes on objects that may refuse rows. */
  private async tableRequirements(
    targets: readonly CheckedTable[],
  ): Promise<readonly DestinationRequirement[]> {
    const unmet = targets.flatMap(nameRequirement);
    if (!(await exists(this.settings.path))) return unmet;
    const ofTables = await this.inTransaction(await this.open('read'), async (transaction) => {
      const isOurs = await bookkeepingExists(transaction);
      if (isOurs && (await readFormat(transaction, BOOKKEEPING)) === 1) return [];
      const lines: DestinationRequirement[] = [];
      for (const target of targets) lines.push(...(await tableRequirements(transaction, target, isOurs)));
      return lines;
    });
    return [...unmet, ...ofTables];
  }

  async inspect(pipeline: string, signal?: AbortSignal): Promise<PipelineRecord | undefined> {
    if (!(await exists(this.settings.path))) return undefined;
    const read = async (transaction: Transaction) => {
      if (!(await bookkeepingExists(transaction))) return undefined;
      const state = await readState(transaction, pipeline);
      if (state === undefined) return undefined;
      return {
        epoch: state.epoch,
        generation: state.generation,
        checkpoint: await readCheckpoint(transaction, pipeline),
        columns: await readColumns(transaction, ownRows(pipeline)),
        ...(await counts(transaction, pipeline)),
        storedDeadLetters: await countDeadLetters(transaction, ownRows(pipeline), 'visible'),
        problem: (await tableProblem(transaction, pipeline, REGISTRY))?.message,
        slowedBy: undefined,
      };
    };
    const file = await unlessAborted(signal, () => this.open('read'));
    return this.inTransaction(file, read, signal);
  }

  async pipelines(): Promise<readonly string[]> {
    if (!(await exists(this.settings.path))) {
      const problem = pathProblem(this.settings.path);
      if (problem === undefined) return [];
      throw new DestinationUnusable(`${this.location} cannot be opened: ${problem}`);
    }
    return this.inTransaction(await this.open('read'), async (transaction) =>
      (await bookkeepingExists(transaction)) ? readPipelines(transaction, BOOKKEEPING) : [],
    );
  }

  /** Works while a pipeline of this process writes the file, too. */
  async query(sql: string): Promise<QueryResult> {
    return this.inTransaction(await this.open('read'), async (transaction) => {
      const reader = await transaction.read(sql);
      const columns = reader.columnNames();
      const rows = reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
      return { columns, rows };
    });
  }

  async copy(signal?: AbortSignal): Promise<DestinationCopy> {
    const file = await unlessAborted(signal, () => this.open('read'));
    const { path, remove } = await file.whileReadOnly(() =>
      copyDatabase(this.settings.path, () => file.requireSame(), signal),
    );
    return { destination: new DuckDBDestination({ ...this.settings, path }, this.hooks), remove };
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    if (file !== undefined) await (await file).release();
  }

  private open(mode: OpenMode): Promise<DatabaseFile> {
    const { file, mode: opened } = this;
    if (file !== undefined && (opened === mode || mode === 'read')) return file;
    this.mode = mode;
    this.file = this.acquire(mode, file);
    this.file.catch(() => (this.file = undefined));
    return this.file;
  }

  /** @param instead the open file that this one replaces */
  private async acquire(mode: OpenMode, instead: Promise<DatabaseFile> | undefined): Promise<DatabaseFile> {
    try {
      return await DatabaseFile.acquire(this.settings, mode);
    } finally {
      await (await instead)?.release();
    }
  }

  private inTransaction<T>(
    file: DatabaseFile,
    work: (transaction: Transaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return onOwnConnection({ file, hooks: this.hooks }, work, signal);
  }

  /** A check does not create a file that does not exist. */
  private async probeFolder(): Promise<void> {
    const { path } = this.settings;
    const problem = pathProblem(path);
    if (problem !== undefined)
      throw new DestinationUnusable(`${this.location} cannot be created: ${problem}`);
    try {
      await rmdir(await mkdtemp(join(dirname(path), '.replicator-probe-')));
    } catch (cause) {
      throw new DestinationUnusable(
        `${this.location} cannot be created: This user cannot write to folder ${dirname(path)} ` +
          `(${(cause as NodeJS.ErrnoException).code}). Change its mode or owner: ls -ld ${dirname(path)}`,
        { cause },
      );
    }
  }
}

async function counts(transaction: Transaction, pipeline: string): Promise<Counts> {
  if ((await readFormat(transaction, BOOKKEEPING)) !== 1) return readCounts(transaction, pipeline);
  const row = await readPipeline(transaction, BOOKKEEPING, pipeline, '*');
  return countsInFormat1(transaction, row as SqlRow, DuckDBTables);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
