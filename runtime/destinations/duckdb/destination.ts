import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessAborted } from '../../abort';
import { finalMessage, ReplicatorError } from '../../errors';
import type {
  ControlPlace,
  DestinationCopy,
  DestinationName,
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
import { own, qualified, type TableName } from '../relational/sql';
import { RENAME } from '../relational/target';
import type { SqlRow } from '../relational/transaction';
import { BOOKKEEPING, bookkeepingExists, ownRows, readState, tableExists } from './bookkeeping';
import { type DuckDBSettings, PHRASE } from './config';
import { copyDatabase } from './copying/copy-database';
import { CATALOG, DatabaseFile, type OpenMode } from './database-file';
import { duckdbDialect } from './dialect';
import { pathProblem } from './file-path';
import { createBookkeeping } from './format';
import { readCheckpoint, readCounts } from './head';
import { DuckDBStore } from './store';
import { changedTable, tableProblem } from '../relational/registration';
import { nameProblem, REGISTRY, takeLease } from './registration';
import { Session, type DuckDBHooks, type Transaction } from './session';
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

  async check(targets: readonly DestinationName[]): Promise<readonly DestinationRequirement[]> {
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

  /** Returns only requirements that are not met. */
  private async tableRequirements(
    targets: readonly DestinationName[],
  ): Promise<readonly DestinationRequirement[]> {
    const unmet = targets.flatMap(nameRequirement);
    if (!(await exists(this.settings.path))) return unmet;
    const changed = await this.inTransaction(await this.open('read'), async (transaction) => {
      const isOurs = await bookkeepingExists(transaction);
      if (isOurs && (await readFormat(transaction, BOOKKEEPING)) === 1) return [];
      const problems: DestinationRequirement[] = [];
      for (const { schema = DEFAULT_SCHEMA, table } of targets) {
        const problem = isOurs ? await tableProblem(transaction, { schema, table }, REGISTRY) : undefined;
        if (problem !== undefined) problems.push(changedTable({ schema, table }, problem));
        else if (await isForeign(transaction, { schema, table }, isOurs))
          problems.push(foreignTable({ schema, table }));
      }
      return problems;
    });
    return [...unmet, ...changed];
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

  private async inTransaction<T>(
    file: DatabaseFile,
    work: (transaction: Transaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const session = new Session(file, this.hooks);
    try {
      return await session.transaction(work, signal);
    } finally {
      session.close();
    }
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

/** Whether a table or view that no pipeline has published has the name. */
async function isForeign(
  transaction: Transaction,
  { schema, table }: TableName,
  hasBookkeeping: boolean,
): Promise<boolean> {
  if (!(await tableExists(transaction, schema, table))) return false;
  if (!hasBookkeeping) return true;
  const own = await transaction.rows(
    `SELECT 1 AS own FROM ${BOOKKEEPING}.pipelines
       WHERE lower(schema_name) = lower($1) AND lower(table_name) = lower($2) AND published`,
    [schema, table],
  );
  return own.length === 0;
}

function foreignTable({ schema, table }: TableName): DestinationRequirement {
  return {
    requirement: `table ${schema}.${table} writable`,
    met: false,
    found: 'it already exists, and the replicator has no record of it',
    fix: 'Choose another name with --destination-table, or drop or rename that table.',
  };
}

/** Empty if the name is good. */
function nameRequirement({ schema = DEFAULT_SCHEMA, table }: DestinationName): DestinationRequirement[] {
  const problem = nameProblem({ schema, table });
  if (problem === undefined) return [];
  return [{ requirement: `table ${schema}.${table} writable`, met: false, found: problem, fix: RENAME }];
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
