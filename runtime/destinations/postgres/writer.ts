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
import { rowsDropped } from './objects/rows-dropped';
import { type Storage, storageOf } from './storage';
import type { PostgresTables } from './tables';

/**
 * Few rows are found by index in a table of any size, whatever the planner assumes about a table without statistics.
 * And compiling a statement that runs once takes longer than running it.
 */
const PLAN_BY_INDEX = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit'].map(
  (name) => `('${name}', 'off')`,
);
/** For a transaction that writes few rows at a time. */
export const SETTINGS: Statement = {
  sql: `SELECT set_config(name, value, true)
    FROM (VALUES ${[...PLAN_BY_INDEX, ...NOTHING_COUNTED].join(', ')}) AS __r_setting (name, value)`,
};

/** The state of a pipeline that only its writer can change. So it is read once. */
export interface Known {
  readonly state: PostgresPipelineRow;
  readonly columns: readonly Column[];
  /** Whether the table may have dead letters. */
  readonly hasDeadLetters: { visible: boolean; changes: boolean };
  /** Shard id → the commit that wrote its row */
  readonly shardCommits: Map<string, number>;
  /** The storage of the existing tables, at the time their columns were checked. */
  readonly storage: Readonly<Partial<Record<WrittenTable, Storage>>>;
}

/** The tables that changes are applied to. */
type WrittenTable = 'visible' | 'changes';

/** Nobody rewrites a table between two attempts this many times in a row. */
const MOST_REFUSALS = 5;

/** What can run without other transactions of the writer in between. */
export interface Together {
  write<T>(work: Work<T>): Promise<T>;
  maintain(sql: string): Promise<void>;
}

type Work<T> = (transaction: Transaction, state: PostgresPipelineRow, next: NextHead) => Promise<T>;

/**
 * Writes for one pipeline as long as nobody else does (rule C2). Every transaction locks the pipeline's row and
 * verifies that it has the epoch of this writer and as many commits as this writer has had confirmed.
 */
export class PipelineWriter {
  private readonly mutex = new Mutex();
  private known: Known | undefined;
  /** Incremented by each `forget`. */
  private forgotten = 0;
  /** Whether the server may have one commit more than `commits`. */
  private inDoubt = false;
  /** The storage of each table when its columns were last checked. */
  private checked: Partial<Record<WrittenTable, Storage>> = {};

  /** @param commits the number confirmed so far */
  constructor(
    private readonly session: Session,
    private readonly tables: PostgresTables,
    private readonly epoch: number,
    private commits: number,
  ) {}

  /** Reads everything as of one instant. */
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.mutex.run(() =>
      this.session.transaction(async (transaction) => {
        const state = await readState(transaction, this.pipeline);
        if (state?.epoch === this.epoch) this.confirm(state.commits);
        return work(transaction);
      }, 'snapshot'),
    );
  }

  /** @throws the signal's reason when it aborts before the commit, among other errors */
  write<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    return this.mutex.run(() => this.writeInTurn(work, signal));
  }

  /** Runs several transactions, with no other of this writer in between. */
  writeTogether<T>(signal: AbortSignal | undefined, work: (together: Together) => Promise<T>): Promise<T> {
    return this.mutex.run(() =>
      work({
        write: (one) => this.writeInTurn(one, signal),
        maintain: (sql) => this.maintainInTurn(sql, signal),
      }),
    );
  }

  /**
   * Commits a checkpoint and the rows that it covers in one round trip.
   * @param into the tables that the rows go into
   * @throws ColumnTypeChanged, DestinationTableMissing when somebody has changed it
   * @throws DestinationUnusable when a trigger or rule on it dropped rows
   */
  commit(
    checkpoint: CheckpointWrite,
    rows: (known: Known) => readonly Statement[],
    into: readonly WrittenTable[] = [],
  ): Promise<void> {
    return this.mutex.run(async () => {
      for (let refusals = 0; ; ) {
        const known = await this.know();
        try {
          const written = into.flatMap((table) => known.storage[table] ?? []);
          return await this.commitKnowing(known, checkpoint, rows(known), written);
        } catch (error) {
          if (!(error instanceof GuardRefused)) throw error;
          if (error.guard === 'rows') throw await this.rowsDropped(into, known.columns);
          refusals += 1;
          this.known = undefined;
          // This throws if another writer has taken over or a column no longer fits. A table that was rewritten
          // without harm is written at its new place.
          const { storage } = await this.know();
          if (into.length === 0 || isDeepStrictEqual(storage, known.storage) || refusals === MOST_REFUSALS)
            throw new Error(
              `the server refused a commit of ${this.pipeline}, although this process is still its writer`,
            );
        }
      }
    });
  }

  /** The known state of the pipeline, read if necessary. @throws LeaseLost */
  knowledge(): Promise<Known> {
    return this.mutex.run(() => this.know());
  }

  /** Discards the known state, since another connection has committed something for the pipeline. */
  forget(): void {
    this.forgotten += 1;
    this.known = undefined;
  }

  /** Runs a statement that cannot be in a transaction. Nothing depends on it, so its failure is ignored. */
  maintain(sql: string, signal?: AbortSignal): Promise<void> {
    return this.mutex.run(() => this.maintainInTurn(sql, signal));
  }

  /** Waits for running work, then closes the session. */
  close(): Promise<void> {
    return this.mutex.run(() => this.session.close());
  }

  private async commitKnowing(
    { shardCommits }: Known,
    checkpoint: CheckpointWrite,
    rows: readonly Statement[],
    written: readonly Storage[],
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
      // The server does such maintenance later anyway. The next statement shows whether the server is reachable.
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

  /** Names the objects that others added to the table, if those may be why rows were refused. */
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

  private rowsDropped(tables: readonly WrittenTable[], columns: readonly Column[]): Promise<Error> {
    const names = tables.map((table) => this.tables.name(table));
    return this.session.transaction((transaction) => rowsDropped(transaction, names, columns), 'snapshot');
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
    // It may not have seen what was committed elsewhere meanwhile.
    if (forgotten === this.forgotten) this.known = known;
    return known;
  }

  /**
   * PostgreSQL may have refused a write for good because somebody changed the tables.
   * @throws ChangedByHand
   */
  private async requireTables(): Promise<void> {
    this.known = undefined;
    // An index can be dropped without a change of the storage.
    this.checked = {};
    try {
      const { state, columns } = await this.know();
      // Those that changes do not go into too. The next lease drops the tables of a verify.
      const written = this.tables.existing({ ...state, verifying: false });
      await this.session.transaction(async (transaction) => {
        for (const table of written) await this.tables.requireMade(transaction, table, columns);
      }, 'snapshot');
    } catch (error) {
      if (error instanceof ChangedByHand) throw error;
      // The original failure is the better error.
    }
  }

  /** The storage of the tables that changes go into. @throws DestinationTableMissing, ColumnTypeChanged */
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

  /** @throws CommitsLost, UnknownCommit when the server has fewer commits than it confirmed, or more than it was sent */
  private confirm(commits: number): void {
    if (commits < this.commits) throw new CommitsLost(this.pipeline);
    if (commits > this.commits + (this.inDoubt ? 1 : 0)) throw new UnknownCommit(this.pipeline);
    this.commits = commits;
    this.inDoubt = false;
  }
}
