import type { DuckDBConnection, DuckDBResultReader, DuckDBValue } from '@duckdb/node-api';
import { DestinationUnavailable } from '../errors';
import { own, qualified } from '../relational/sql';
import { inTransaction } from '../relational/transaction';
import type { DatabaseFile } from './database-file';
import { classify, invalidates, type Activity } from './faults';
import type { RowColumns } from './parquet/row-columns';
import { RowFile } from './parquet/row-file';

/** Seams for tests. */
export interface DuckDBHooks {
  /**
   * Called before every statement of a transaction, including its BEGIN and COMMIT, and before every file of rows.
   * What it throws is treated as an error of DuckDB.
   */
  beforeStatement?(statement: string): void | Promise<void>;
}

export type SqlRow = Readonly<Record<string, DuckDBValue>>;

/** One connection to a database file, replaced when the file was reopened. */
export class Session {
  private connection: DuckDBConnection | undefined;
  private incarnation = -1;

  constructor(
    readonly file: DatabaseFile,
    private readonly hooks: DuckDBHooks,
  ) {}

  /** Runs `work` in a transaction and commits it. Any error rolls back. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return inTransaction(() => this.begin(signal), work, {
      signal,
      interrupt: () => this.interrupt(),
      by: 'commit',
    });
  }

  async begin(signal?: AbortSignal): Promise<Transaction> {
    const { file } = this;
    try {
      if (this.connection === undefined || this.incarnation !== file.incarnation) {
        this.connection = await file.connect();
        this.incarnation = file.incarnation;
      }
      file.requireSame();
    } catch (error) {
      throw classify(error, file.location, 'open');
    }
    const transaction = new Transaction(file, this.connection, this.hooks, signal);
    await transaction.run('BEGIN TRANSACTION');
    return transaction;
  }

  /** Ends the running statement. */
  interrupt(): void {
    this.connection?.interrupt();
  }

  close(): void {
    if (this.connection !== undefined) this.file.disconnect(this.connection);
    this.connection = undefined;
  }
}

/** Runs `work` in a transaction on a connection of its own. */
export async function onOwnConnection<T>(
  { file, hooks }: { readonly file: DatabaseFile; readonly hooks: DuckDBHooks },
  work: (transaction: Transaction) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const session = new Session(file, hooks);
  try {
    return await session.transaction(work, signal);
  } finally {
    session.close();
  }
}

export class Transaction {
  private readonly incarnation: number;

  constructor(
    private readonly file: DatabaseFile,
    private readonly connection: DuckDBConnection,
    private readonly hooks: DuckDBHooks,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.incarnation = file.incarnation;
  }

  /** Returns the number of rows written. */
  async run(sql: string, values?: DuckDBValue[]): Promise<number> {
    const result = await this.execute(sql, 'statement', () => this.connection.run(sql, values));
    return result.rowsChanged;
  }

  async rows(sql: string, values?: DuckDBValue[]): Promise<readonly SqlRow[]> {
    return (await this.read(sql, values)).getRowObjects();
  }

  async read(sql: string, values?: DuckDBValue[]): Promise<DuckDBResultReader> {
    return this.execute(sql, 'statement', () => this.connection.runAndReadAll(sql, values));
  }

  /** Puts rows into a file that statements can read. Remove it afterwards. */
  async write(rows: RowColumns): Promise<RowFile> {
    return this.execute('WRITE ROWS', 'statement', () => RowFile.write(this.file.path, rows.toFile()));
  }

  /** @throws CommitOutcomeUnknown when the commit may have happened */
  async commit(): Promise<void> {
    try {
      this.file.requireSame();
      await this.execute('COMMIT', 'commit', () => this.connection.run('COMMIT'));
    } catch (error) {
      await this.rollback();
      throw error;
    }
    await this.file.shortenLog();
  }

  async rollback(): Promise<void> {
    if (this.isDead()) return;
    // A failed COMMIT and some errors end the transaction themselves. Then there is nothing to roll back.
    await this.file.use(() => this.connection.run('ROLLBACK')).catch(() => undefined);
  }

  private async execute<T>(statement: string, activity: Activity, call: () => Promise<T>): Promise<T> {
    if (this.isDead()) {
      throw new DestinationUnavailable(
        `${this.file.location} was reopened, and the transaction was rolled back. Retrying.`,
      );
    }
    try {
      await this.hooks.beforeStatement?.(statement);
      this.signal?.throwIfAborted();
      return await this.file.use(call);
    } catch (error) {
      if (invalidates(error)) this.file.invalidate(this.incarnation);
      throw classify(error, this.file.location, activity);
    }
  }

  private isDead(): boolean {
    return this.incarnation !== this.file.incarnation;
  }
}

/** The SQL name of a temporary table of this session. It cannot be confused with a table of the file. */
export function temporary(name: string): string {
  return qualified({ catalog: 'temp', schema: 'main', table: own(name) });
}
