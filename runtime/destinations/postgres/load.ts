import type { DeadLetter } from '../../item/dead-letter';
import type { LedgerEntry, Load, LoadedRole } from '../destination';
import { LeaseLost, StaleGeneration } from '../errors';
import {
  type LoadedTable,
  ownState,
  readColumns,
  requireCurrent,
  updateState,
} from '../relational/bookkeeping';
import { exportedDeadLetters } from '../relational/dead-letters';
import { columnList } from '../relational/sql';
import { lockOwnState, markWriting, readState, writeLedger } from './bookkeeping';
import type { LostSessions } from './connection/lost-sessions';
import type { PostgresServer } from './connection/server';
import { Session } from './connection/session';
import type { PostgresHooks, Transaction } from './connection/transaction';
import { insertDeadLetters } from './dead-letters';
import { CopyRows } from './rows/copy-rows';
import type { PostgresTables } from './tables';

/** What writes into the tables of a pipeline, under its lease. */
export interface WriterContext {
  readonly server: PostgresServer;
  readonly hooks: PostgresHooks;
  readonly tables: PostgresTables;
  readonly epoch: number;
  /** One per table, for its loads and readers, so that a session that one of them lost delays no other work. */
  readonly lost: Readonly<Record<LoadedRole, LostSessions>>;
  /** When it aborts, nothing waits for other sessions any more. */
  readonly stop: AbortSignal | undefined;
}

export interface LoadContext extends WriterContext {
  /** Called when the load has ended. */
  readonly ended: (load: PostgresLoad) => void;
}

/**
 * A load on its own connection, so several can run at a time while changes are applied. The rows go through `COPY`
 * into a table without an index.
 */
export class PostgresLoad implements Load {
  readonly sink: CopyRows;
  private copying = false;
  private hasEnded = false;
  private isAbandoned = false;

  private constructor(
    private readonly context: LoadContext,
    private readonly table: LoadedTable,
    private readonly session: Session,
    private readonly transaction: Transaction,
  ) {
    this.sink = new CopyRows(table.columns);
  }

  /**
   * @throws StaleGeneration when the generation has already ended
   * @throws ChangedByHand
   */
  static async open(context: LoadContext, table: LoadedTable): Promise<PostgresLoad> {
    const { role, generation } = table;
    const { server, hooks, lost, stop } = context;
    const session = new Session(server, { hooks, lost: lost[role], stop });
    try {
      const transaction = await session.begin();
      try {
        await requireOpen(context, transaction, { role, generation });
        return new PostgresLoad(context, table, session, transaction);
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async flush(deadLetters: readonly DeadLetter[]): Promise<void> {
    await this.requireOpen();
    try {
      if (deadLetters.length === 0) {
        await this.copyRows();
        return;
      }
      await this.endCopy();
      const { sql, values } = insertDeadLetters(
        this.context.tables.number,
        this.table.role,
        exportedDeadLetters(deadLetters),
      );
      await this.transaction.run(sql, values);
    } catch (error) {
      throw await this.explained(error);
    }
  }

  async commit(files: readonly LedgerEntry[]): Promise<void> {
    const { target, number, ownRows } = this.context.tables;
    await this.end(async () => {
      await this.endCopy();
      const lock = this.sink.hasLongKeys ? 'FOR NO KEY UPDATE' : 'FOR SHARE';
      const state = await lockOwnState(this.transaction, target.pipeline, this.context.epoch, lock);
      requireCurrent(state, this.table.role, this.table.generation);
      if (this.sink.hasLongKeys) await updateState(this.transaction, ownRows, { longKeys: true });
      await writeLedger(this.transaction, number, this.table.role, files);
      await this.transaction.commit();
    });
  }

  async rollback(): Promise<void> {
    if (this.isAbandoned) this.isAbandoned = false;
    else await this.end(() => this.transaction.rollback());
  }

  /** Ends the load because its generation is about to end. Its user finds out at the next call. */
  async abandon(): Promise<void> {
    if (this.hasEnded) return;
    await this.rollback();
    this.isAbandoned = true;
  }

  private async copyRows(): Promise<void> {
    if (this.sink.isEmpty) return;
    if (!this.copying) {
      const names = columnList(this.table.columns.map(({ name }) => name));
      await this.transaction.beginCopy(
        `COPY ${this.context.tables.sql(this.table.role)} (${names}) FROM STDIN (FORMAT text)`,
      );
      this.copying = true;
    }
    await this.sink.send((bytes) => this.transaction.copy(bytes));
  }

  private async endCopy(): Promise<void> {
    await this.copyRows();
    if (!this.copying) return;
    await this.sink.sendAll((bytes) => this.transaction.copy(bytes));
    await this.transaction.endCopy();
    this.copying = false;
  }

  private async requireOpen(): Promise<void> {
    const ended = new Error('the load has ended');
    if (this.isAbandoned) throw await this.explained(ended);
    if (this.hasEnded) throw ended;
  }

  private async end(work: () => Promise<void>): Promise<void> {
    await this.requireOpen();
    this.hasEnded = true;
    try {
      await work();
    } catch (error) {
      await this.transaction.rollback();
      await this.session.close();
      throw await this.explained(error);
    } finally {
      this.context.ended(this);
      await this.session.close();
    }
  }

  private explained(error: unknown): Promise<unknown> {
    return explainedLoad(this.context, this.table, error);
  }
}

type OfGeneration = Pick<LoadedTable, 'generation'> & { readonly role: LoadedRole };

/**
 * Begins to write into a table of a generation. From then on nobody can alter it.
 * @throws LeaseLost, and StaleGeneration when the generation has already ended
 * @throws ChangedByHand
 */
export async function requireOpen(
  { tables, epoch }: WriterContext,
  transaction: Transaction,
  { role, generation }: OfGeneration,
): Promise<void> {
  const { pipeline } = tables.target;
  await transaction.run(markWriting(tables.number).sql);
  requireCurrent(ownState(await readState(transaction, pipeline), pipeline, epoch), role, generation);
  if (!(await tables.exists(transaction, role))) throw tables.missing(role);
  await transaction.run(`LOCK TABLE ${tables.sql(role)} IN ROW EXCLUSIVE MODE`);
  await tables.requireMade(transaction, role, await readColumns(transaction, tables.ownRows));
}

/** If a new writer ended the connection, or the table is gone, that is the better error. */
export async function explainedLoad(
  { server, tables, epoch, lost, stop }: WriterContext,
  { role, generation }: OfGeneration,
  error: unknown,
): Promise<unknown> {
  const { pipeline } = tables.target;
  const session = new Session(server, { lost: lost[role], stop, place: 'aside' });
  try {
    const state = await session.transaction((transaction) => readState(transaction, pipeline), 'snapshot');
    requireCurrent(ownState(state, pipeline, epoch), role, generation);
  } catch (cause) {
    if (cause instanceof StaleGeneration || cause instanceof LeaseLost) return cause;
  } finally {
    await session.close();
  }
  return error;
}
