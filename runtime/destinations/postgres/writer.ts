import { isDeepStrictEqual } from 'node:util';
import type { Column } from '../../item/column';
import { Mutex } from '../../mutex';
import type { CheckpointWrite } from '../destination';
import {
  ChangedByHand,
  CommitOutcomeUnknown,
  CommitsLost,
  DestinationUnusable,
  UnknownCommit,
} from '../errors';
import { ownState, readColumns } from '../relational/bookkeeping';
import { lockOwnState, markWriting, readState, type PostgresPipelineRow } from './bookkeeping';
import type { Statement } from './connection/round-trip';
import type { Session } from './connection/session';
import { GuardRefused, type Transaction } from './connection/transaction';
import { hasDeadLetters } from './dead-letters';
import {
  holdPipeline,
  type NextHead,
  NOTHING_COUNTED,
  putHead,
  readShardCommits,
  replaceHead,
  updateShardCommits,
} from './head';
import { findObjects } from './objects/find-objects';
import { explainRefusal, refusalIn } from './objects/refusal';
import { type Storage, storageOf } from './storage';
import type { PostgresTables } from './tables';

/**
 * Few rows are looked for in a table of any size: by its index, whatever the planner believes of a table it knows nothing
 * of yet. And to compile a statement that runs once takes longer than to run it.
 */
const PLAN_BY_INDEX = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit'].map(
  (name) => `('${name}', 'off')`,
);
const SETTINGS: Statement = {
  sql: `SELECT set_config(name, value, true)
    FROM (VALUES ${[...PLAN_BY_INDEX, ...NOTHING_COUNTED].join(', ')}) AS __r_setting (name, value)`,
};

/** What only its writer can change of a pipeline, so that it is read once. */
export interface Known {
  readonly state: PostgresPipelineRow;
  readonly columns: readonly Column[];
  /** Whether there may be dead letters of the table. */
  readonly hasDeadLetters: { visible: boolean; changes: boolean };
  /** Shard id → the commit that has written its row. */
  readonly shardCommits: Map<string, number>;
  /** Of the tables that exist; their columns have been looked at there. */
  readonly storage: Readonly<Partial<Record<WrittenTable, Storage>>>;
}

/** The tables that changes are applied to. */
type WrittenTable = 'visible' | 'changes';

/** A table is not stored anew between two tries, and then once more. */
const MOST_REFUSALS = 5;

/** What can be done between a writer's other transactions. */
export interface Together {
  write<T>(work: Work<T>): Promise<T>;
  maintain(sql: string): Promise<void>;
}

type Work<T> = (transaction: Transaction, state: PostgresPipelineRow, next: NextHead) => Promise<T>;

/**
 * Writes for one pipeline as long as nobody else does (rule C2): every transaction holds the pipeline's row, and finds in
 * it the epoch of this writer and as many commits as it has been confirmed.
 */
export class PipelineWriter {
  private readonly mutex = new Mutex();
  private known: Known | undefined;
  /** Grows with each `forget`. */
  private forgotten = 0;
  /** Whether one commit more than `commits` may have happened. */
  private inDoubt = false;
  /** Where the columns of each table were looked at last. */
  private readonly checked: Partial<Record<WrittenTable, Storage>> = {};

  /** @param commits confirmed so far */
  constructor(
    private readonly session: Session,
    private readonly tables: PostgresTables,
    private readonly epoch: number,
    private commits: number,
  ) {}

  /** Reads all as it is at one instant. */
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.mutex.run(() =>
      this.session.transaction(async (transaction) => {
        const state = await readState(transaction, this.pipeline);
        if (state?.epoch === this.epoch) this.confirm(state.commits);
        return work(transaction);
      }, 'snapshot'),
    );
  }

  /** @throws the signal's reason when it aborts before the commit, among others */
  write<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    return this.mutex.run(() => this.writeInTurn(work, signal));
  }

  /** Several transactions, with none of this writer's others between them. */
  writeTogether<T>(signal: AbortSignal | undefined, work: (together: Together) => Promise<T>): Promise<T> {
    return this.mutex.run(() =>
      work({
        write: (one) => this.writeInTurn(one, signal),
        maintain: (sql) => this.maintainInTurn(sql, signal),
      }),
    );
  }

  /**
   * A checkpoint, and the rows it covers, in one round trip.
   * @param into the table that the rows go into
   * @throws ColumnTypeChanged, DestinationTableMissing when people have changed it
   */
  commit(
    checkpoint: CheckpointWrite,
    rows: (known: Known) => readonly Statement[],
    into?: WrittenTable,
  ): Promise<void> {
    return this.mutex.run(async () => {
      for (let refusals = 0; ; ) {
        const known = await this.know();
        try {
          return await this.commitKnowing(known, checkpoint, rows(known), into && known.storage[into]);
        } catch (error) {
          if (!(error instanceof GuardRefused)) throw error;
          refusals += 1;
          this.known = undefined;
          // What speaks against this writer is thrown here; a table that was stored anew for no harm is written where it is.
          const { storage } = await this.know();
          if (into === undefined || isDeepStrictEqual(storage, known.storage) || refusals === MOST_REFUSALS)
            throw new Error(`nothing speaks against this writer of ${this.pipeline}, and yet it was refused`);
        }
      }
    });
  }

  /** What is known of the pipeline. @throws LeaseLost */
  knowledge(): Promise<Known> {
    return this.mutex.run(() => this.know());
  }

  /** Something was committed for the pipeline on another connection. */
  forget(): void {
    this.forgotten += 1;
    this.known = undefined;
  }

  /** A statement that can be in no transaction, and of which nothing depends: its failure is none. */
  maintain(sql: string, signal?: AbortSignal): Promise<void> {
    return this.mutex.run(() => this.maintainInTurn(sql, signal));
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.mutex.run(() => this.session.close());
  }

  private async commitKnowing(
    { shardCommits }: Known,
    checkpoint: CheckpointWrite,
    rows: readonly Statement[],
    written: Storage | undefined,
  ): Promise<void> {
    const { number } = this.tables;
    const commit = this.commits + 1;
    await this.counted(() =>
      this.session.roundTrip([
        markWriting(number),
        SETTINGS,
        holdPipeline(number, { epoch: this.epoch, commits: this.commits }),
        ...rows,
        ...putHead(number, commit, checkpoint, shardCommits, written),
      ]),
    );
    updateShardCommits(shardCommits, checkpoint.shards, commit);
  }

  private get pipeline(): string {
    return this.tables.target.pipeline;
  }

  private async maintainInTurn(sql: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.session.maintain(sql, signal);
    } catch {
      signal?.throwIfAborted();
      // The server does such things later in any case; the next statement shows whether it is there.
    }
  }

  private async writeInTurn<T>(work: Work<T>, signal: AbortSignal | undefined): Promise<T> {
    this.known = undefined;
    return this.counted(() =>
      this.session.transaction(
        async (transaction) => {
          await transaction.run(markWriting(this.tables.number).sql);
          const state = await lockOwnState(transaction, this.pipeline, this.epoch, 'FOR NO KEY UPDATE');
          this.confirm(state.commits);
          const next = { commit: state.commits + 1 };
          const result = await work(transaction, state, next);
          await replaceHead(transaction, this.tables.number, next);
          return result;
        },
        'write',
        signal,
      ),
    );
  }

  private async counted<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      this.commits += 1;
      return result;
    } catch (error) {
      if (error instanceof CommitOutcomeUnknown) {
        this.inDoubt = true;
        this.known = undefined;
      }
      if (error instanceof DestinationUnusable) await this.requireTables();
      throw await this.explained(error);
    }
  }

  /** Names what others have added to the table, where that may be why rows were refused. */
  private async explained(error: unknown): Promise<unknown> {
    const refusal = refusalIn(error);
    if (refusal === undefined) return error;
    const { tables } = this;
    try {
      const visible = tables.name('visible');
      const objects = await this.session.transaction(
        async (transaction) =>
          findObjects(transaction, visible, await readColumns(transaction, tables.ownRows)),
        'snapshot',
      );
      return explainRefusal(refusal, visible, objects);
    } catch {
      return error;
    }
  }

  private async know(): Promise<Known> {
    if (this.known !== undefined) return this.known;
    const { forgotten } = this;
    const known = await this.session.transaction(async (transaction) => {
      const { number } = this.tables;
      const state = ownState(await readState(transaction, this.pipeline), this.pipeline, this.epoch);
      this.confirm(state.commits);
      const columns = await readColumns(transaction, this.tables.ownRows);
      return {
        state,
        columns,
        storage: await this.locate(transaction, state, columns),
        hasDeadLetters: {
          visible: await hasDeadLetters(transaction, number, 'visible'),
          changes: await hasDeadLetters(transaction, number, 'changes'),
        },
        shardCommits: await readShardCommits(transaction, number),
      };
    }, 'snapshot');
    // What was committed elsewhere meanwhile it may not have seen.
    if (forgotten === this.forgotten) this.known = known;
    return known;
  }

  /** What PostgreSQL refuses for good it may refuse because people have changed the tables. @throws DestinationTableMissing, ColumnTypeChanged */
  private async requireTables(): Promise<void> {
    this.known = undefined;
    try {
      await this.know();
    } catch (error) {
      if (error instanceof ChangedByHand) throw error;
      // The failure that is looked into says more.
    }
  }

  /** Where the tables of changes are. @throws DestinationTableMissing, ColumnTypeChanged */
  private async locate(
    transaction: Transaction,
    state: PostgresPipelineRow,
    columns: readonly Column[],
  ): Promise<Known['storage']> {
    const located: Partial<Record<WrittenTable, Storage>> = {};
    for (const table of this.tables.existing(state)) {
      if (table !== 'visible' && table !== 'changes') continue;
      const storage = await storageOf(transaction, this.tables.name(table));
      if (storage === undefined) throw this.tables.missing(table);
      if (!isDeepStrictEqual(storage, this.checked[table]))
        await this.tables.requireMade(transaction, table, columns);
      this.checked[table] = located[table] = storage;
    }
    return located;
  }

  /** @throws CommitsLost, UnknownCommit when the server has fewer than it confirmed, or more than it was sent */
  private confirm(commits: number): void {
    if (commits < this.commits) throw new CommitsLost(this.pipeline);
    if (commits > this.commits + (this.inDoubt ? 1 : 0)) throw new UnknownCommit(this.pipeline);
    this.commits = commits;
    this.inDoubt = false;
  }
}
