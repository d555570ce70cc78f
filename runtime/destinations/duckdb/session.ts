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
   * Called before every statement of a transaction, its BEGIN and COMMIT included, and before every file of rows; what it
   * throws is taken for DuckDB's error.
   */
  beforeStatement?(statement: string): void | Promise<void>;
}

export type SqlRow = Readonly<Record<string, DuckDBValue>>;

/** One connection to a database file, replaced when the file had to be reopened. */
export class Session {
  private connection: DuckDBConnection | undefined;
  private incarnation = -1;

  constructor(
    readonly file: DatabaseFile,
    private readonly hooks: DuckDBHooks,
  ) {}

  /** Runs `work` in a transaction and commits it; any error rolls back. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return inTransaction(() => this.begin(signal), work, {
      signal,
      interrupt: () => this.connection?.interrupt(),
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

  close(): void {
    if (this.connection !== undefined) this.file.disconnect(this.connection);
    this.connection = undefined;
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

  /** Returns how many rows the statement has written. */
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

  /** Puts rows into a file that statements can read; remove it when they have. */
  async write(rows: RowColumns): Promise<RowFile> {
    return this.execute('WRITE ROWS', 'statement', () => RowFile.write(this.file.path, rows.toFile()));
  }

  /** @throws CommitOutcomeUnknown when it may have happened */
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
    // A failed COMMIT and some errors end the transaction themselves; there is nothing to roll back then.
    await this.file.use(() => this.connection.run('ROLLBACK')).catch(() => undefined);
  }

  private async execute<T>(statement: string, activity: Activity, call: () => Promise<T>): Promise<T> {
    if (this.isDead()) {
      throw new DestinationUnavailable(
        `${this.file.location} was opened anew; the transaction was rolled back.`,
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

/** The SQL name of a temporary table of this session, which no table of a file can be taken for, nor the other way round. */
export function temporary(name: string): string {
  return qualified({ catalog: 'temp', schema: 'main', table: own(name) });
}
