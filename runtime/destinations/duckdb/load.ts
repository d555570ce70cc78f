import type { Column } from '../../item/column';
import type { DeadLetter } from '../../item/dead-letter';
import { CollectedRows } from '../../item/row-cells';
import type { LedgerLine, Load } from '../destination';
import { LeaseLost, StaleGeneration } from '../errors';
import { readState, writeLedger } from './bookkeeping';
import { DeadLetterWriter } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import { Session, type DuckDBHooks, type Transaction } from './session';
import type { DatabaseFile } from './database-file';
import type { PipelineTables } from './tables';
import type { TableWriter, WrittenColumn } from './table-writer';

export interface LoadContext {
  readonly file: DatabaseFile;
  readonly hooks: DuckDBHooks;
  readonly tables: PipelineTables;
  readonly epoch: number;
  readonly columns: readonly Column[];
  readonly ended: () => void;
}

/** A load on a connection of its own, so that changes are applied meanwhile. */
export class DuckDBLoad implements Load {
  readonly sink = new CollectedRows();
  private readonly letters: DeadLetterWriter;
  /** For each of the table's columns its position in a row. */
  private readonly places: readonly number[];
  private ended = false;

  private constructor(
    private readonly context: LoadContext,
    private readonly role: 'shadow' | 'verify',
    private readonly generation: number,
    private readonly session: Session,
    private readonly transaction: Transaction,
    physical: readonly WrittenColumn[],
    columns: readonly Column[],
    private readonly writer: TableWriter,
  ) {
    const positions = new Map(columns.map(({ name }, position) => [name, position]));
    positions.set(OWN_COLUMNS.deleted, columns.length);
    this.places = physical.map(({ name }) => positions.get(name) ?? -1);
    this.letters = new DeadLetterWriter(transaction, context.tables.target.pipeline, role);
  }

  /** @throws StaleGeneration when the generation has ended already */
  static async open(
    context: LoadContext,
    role: 'shadow' | 'verify',
    generation: number,
    columns: readonly Column[],
  ): Promise<DuckDBLoad> {
    const session = new Session(context.file, context.hooks);
    try {
      await checkCurrent(context, role, generation);
      const transaction = await session.begin();
      try {
        const physical = await context.tables.physicalColumns(transaction, role, context.columns);
        const writer = await transaction.write(context.tables.name(role), physical);
        return new DuckDBLoad(context, role, generation, session, transaction, physical, columns, writer);
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    } catch (error) {
      session.close();
      throw error;
    }
  }

  async flush(deadLetters: readonly DeadLetter[]): Promise<void> {
    if (this.ended) throw new Error('the load has ended');
    const rows = this.sink.take().map((cells) => [...cells, false]);
    try {
      await this.transaction.append(() => this.writer.append(rows, this.places));
      await this.letters.append(deadLetters);
    } catch (error) {
      throw await this.explained(error);
    }
  }

  async commit(files: readonly LedgerLine[]): Promise<void> {
    await this.end(async () => {
      await this.transaction.finish(this.writer);
      await this.letters.finish();
      await this.context.file.exclusively(this.context.tables.target.pipeline, async () => {
        // This transaction's snapshot is as old as its begin: what holds now is read by another one.
        await checkCurrent(this.context, this.role, this.generation);
        await writeLedger(this.transaction, this.context.tables.target.pipeline, this.role, files);
        await this.transaction.commit();
      });
    });
  }

  async rollback(): Promise<void> {
    await this.end(() => this.transaction.rollback());
  }

  private async end(work: () => Promise<void>): Promise<void> {
    if (this.ended) throw new Error('the load has ended');
    this.ended = true;
    try {
      await work();
    } catch (error) {
      await this.transaction.rollback();
      throw await this.explained(error);
    } finally {
      this.session.close();
      this.context.ended();
    }
  }

  /** A table dropped under the load shows as a conflict; what ended the load is the better answer. */
  private async explained(error: unknown): Promise<unknown> {
    try {
      await checkCurrent(this.context, this.role, this.generation);
    } catch (cause) {
      if (cause instanceof StaleGeneration || cause instanceof LeaseLost) return cause;
    }
    return error;
  }
}

async function checkCurrent(
  { file, hooks, tables, epoch }: LoadContext,
  role: 'shadow' | 'verify',
  generation: number,
): Promise<void> {
  const { pipeline } = tables.target;
  const session = new Session(file, hooks);
  try {
    const state = await session.transaction((transaction) => readState(transaction, pipeline));
    if (state?.epoch !== epoch) throw new LeaseLost(pipeline, epoch);
    const isOpen = role === 'shadow' ? state.loading : state.verifying;
    if (!isOpen || state.generation !== generation) throw new StaleGeneration(generation, state.generation);
  } finally {
    session.close();
  }
}
