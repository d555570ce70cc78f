import type { DeadLetter } from '../../item/dead-letter';
import type { LedgerEntry, Load, LoadedRole } from '../destination';
import { FileLoadedMeanwhile, LeaseLost, StaleGeneration } from '../errors';
import { type LoadedTable, ownState, readColumns, requireCurrent } from '../relational/bookkeeping';
import { exportedDeadLetters } from '../relational/dead-letters';
import { OWN_COLUMNS } from '../relational/columns';
import { quote } from '../relational/sql';
import { isInLedger, readState, writeLedger } from './bookkeeping';
import type { DatabaseFile } from './database-file';
import { insertDeadLetters } from './dead-letters';
import { RowColumns } from './parquet/row-columns';
import type { RowFile } from './parquet/row-file';
import { explained } from './objects/explain';
import { onOwnConnection, Session, type DuckDBHooks, type Transaction } from './session';
import type { DuckDBTables } from './tables';

/** What writes into the tables of a pipeline, under its lease. */
export interface WriterContext {
  readonly file: DatabaseFile;
  readonly hooks: DuckDBHooks;
  readonly tables: DuckDBTables;
  readonly epoch: number;
}

export interface LoadContext extends WriterContext {
  readonly ended: () => void;
}

/**
 * Rows and dead letters go to DuckDB in pieces of about this size: large enough to spread the fixed cost, small
 * enough to bound memory.
 */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Pieces that may be on their way into DuckDB, the rows of each in a file. Most are taken quickly, but one that fills
 * a row group is compressed with all before it. Meanwhile the next ones are collected.
 */
const MOST_PIECES = 8;

/**
 * A load on its own connection, so that changes are applied meanwhile. While DuckDB inserts pieces, one after another
 * on its own threads, the next ones are collected.
 */
export class DuckDBLoad implements Load {
  readonly sink: RowColumns;
  private deadLetters: DeadLetter[] = [];
  private deadLetterBytes = 0;
  /** Pieces on their way, in order. Each waits for those before it. */
  private readonly insertions: Promise<void>[] = [];
  private ended = false;

  private constructor(
    private readonly context: LoadContext,
    private readonly table: LoadedTable,
    private readonly session: Session,
    private readonly transaction: Transaction,
  ) {
    this.sink = new RowColumns(table.columns.map(({ type }) => type));
  }

  /** @throws StaleGeneration when the generation has already ended */
  static async open(context: LoadContext, table: LoadedTable): Promise<DuckDBLoad> {
    const { role, generation, columns } = table;
    const session = new Session(context.file, context.hooks);
    try {
      await checkCurrent(context, role, generation);
      await requireMade(context, role);
      const transaction = await session.begin();
      await context.file.beginLoad(columns.length);
      return new DuckDBLoad(context, table, session, transaction);
    } catch (error) {
      session.close();
      throw error;
    }
  }

  async flush(deadLetters: readonly DeadLetter[]): Promise<void> {
    if (this.ended) throw new Error('the load has ended');
    this.sink.keep();
    for (const deadLetter of deadLetters) {
      this.deadLetters.push(deadLetter);
      this.deadLetterBytes += deadLetter.keyText.length + deadLetter.item.length;
    }
    if (this.sink.bytes + this.deadLetterBytes < PIECE_BYTES) return;
    try {
      await this.handOver();
    } catch (error) {
      throw await this.explained(error);
    }
  }

  async commit(files: readonly LedgerEntry[]): Promise<void> {
    await this.end(async () => {
      await this.handOver();
      await this.insertions.at(-1);
      await this.context.file.exclusively(this.context.tables.target.pipeline, async () => {
        // The snapshot of this transaction is as old as its start, so another one reads the current state.
        await checkCurrent(this.context, this.table.role, this.table.generation);
        await requireNew(this.context, this.table.role, files);
        await writeLedger(this.transaction, this.context.tables.target.pipeline, this.table.role, files);
        await this.transaction.commit();
      });
    });
  }

  async rollback(): Promise<void> {
    await this.end(() => this.undo());
  }

  /** Starts the insertion of the collected piece. Waits while the maximum number of pieces is on its way. */
  private async handOver(): Promise<void> {
    const rows = this.sink.isEmpty ? undefined : await this.transaction.write(this.sink);
    const { deadLetters, insertions } = this;
    this.sink.clear();
    this.deadLetters = [];
    this.deadLetterBytes = 0;
    const insertion = this.insert(insertions.at(-1), rows, deadLetters);
    // The next call that waits for it gets the failure. Until then it must not count as unhandled.
    insertion.catch(() => undefined);
    insertions.push(insertion);
    if (insertions.length > MOST_PIECES) await insertions.shift();
  }

  private async insert(
    before: Promise<void> | undefined,
    rows: RowFile | undefined,
    deadLetters: readonly DeadLetter[],
  ): Promise<void> {
    const { tables } = this.context;
    try {
      await before;
      if (rows !== undefined) {
        const names = this.table.columns.map(({ name }) => quote(name));
        const values = [...this.sink.expressions()];
        if (tables.soft && this.table.role === 'shadow') {
          names.push(OWN_COLUMNS.deleted);
          values.push('false');
        }
        await this.transaction.run(
          `INSERT INTO ${tables.sql(this.table.role)} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${rows.sql}`,
        );
      }
      await insertDeadLetters(
        this.transaction,
        tables.target.pipeline,
        this.table.role,
        exportedDeadLetters(deadLetters),
      );
    } finally {
      await rows?.remove();
    }
  }

  private async end(work: () => Promise<void>): Promise<void> {
    if (this.ended) throw new Error('the load has ended');
    this.ended = true;
    try {
      await work();
    } catch (error) {
      await this.undo();
      throw await this.explained(error);
    } finally {
      this.session.close();
      await this.context.file.endLoad(this.table.columns.length);
      this.context.ended();
    }
  }

  private async undo(): Promise<void> {
    await this.insertions.at(-1)?.catch(() => undefined);
    await this.transaction.rollback();
  }

  /** If the table was dropped during the load, that shows as a conflict. What ended the load is the better error. */
  private async explained(error: unknown): Promise<unknown> {
    try {
      await checkCurrent(this.context, this.table.role, this.table.generation);
    } catch (cause) {
      if (cause instanceof StaleGeneration || cause instanceof LeaseLost) return cause;
    }
    return explained(error, this.context);
  }
}

// These read on connections of their own, since the load's transaction sees nothing newer than its start.

export async function checkCurrent(
  { file, hooks, tables, epoch }: WriterContext,
  role: LoadedRole,
  generation: number,
): Promise<void> {
  const { pipeline } = tables.target;
  const state = await onOwnConnection({ file, hooks }, (transaction) => readState(transaction, pipeline));
  requireCurrent(ownState(state, pipeline, epoch), role, generation);
}

/** @throws DestinationTableMissing, ColumnTypeChanged */
export async function requireMade({ file, hooks, tables }: WriterContext, role: LoadedRole): Promise<void> {
  await onOwnConnection({ file, hooks }, async (transaction) =>
    tables.requireMade(transaction, role, await readColumns(transaction, tables.ownRows)),
  );
}

/** @throws FileLoadedMeanwhile */
export async function requireNew(
  { file, hooks, tables }: WriterContext,
  role: LoadedRole,
  files: readonly LedgerEntry[],
): Promise<void> {
  const names = files.map((entry) => entry.file);
  const isLoaded = await onOwnConnection({ file, hooks }, (transaction) =>
    isInLedger(transaction, tables.target.pipeline, role, names),
  );
  if (isLoaded) throw new FileLoadedMeanwhile();
}
