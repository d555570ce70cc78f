import type { Column } from '../../item/column';
import type {
  AppliedRole,
  ChangeBatch,
  CheckpointWrite,
  ComparedKeys,
  Comparison,
  LedgerEntry,
  LoadedRole,
  PipelineStore,
  Load,
  PublishResult,
  PublishView,
  RereadRule,
  StoredCheckpoint,
} from '../destination';
import {
  type LoadRole,
  readColumns,
  readLedger,
  type StagedFile,
  updateState,
} from '../relational/bookkeeping';
import { requireRecorded } from '../relational/columns';
import { beginGeneration, endGeneration, requireHealable } from '../relational/generation';
import { requireLedger } from '../relational/ledger';
import { decidedCheckpoint } from '../relational/publish';
import { applyToChanges, applyToVisible, hasDeadLetter, hasLongKey } from './apply';
import { markWriting, type PostgresPipelineRow, readState } from './bookkeeping';
import { compareTables } from './compare';
import { END_WITH_CLIENT, Session } from './connection/session';
import type { Transaction } from './connection/transaction';
import { loadsToSpare } from './connection/spare-connections';
import { findKeys } from './find-keys';
import { readCheckpoint, writeCheckpoint } from './head';
import { publishHeal } from './heal';
import { HealSessions } from './heal-sessions';
import { indexByDigest } from './key';
import { PostgresLoad, type WriterContext } from './load';
import { publishGeneration } from './publish';
import { stageLines } from './stage';
import { BatchParameters } from './rows/row-parameters';
import type { PostgresTables } from './tables';
import { beginVerify, endVerify } from './verify-tables';
import { widenTables } from './widening/widening';
import type { PipelineWriter } from './writer';

export interface LeaseContext extends WriterContext {
  readonly smallTableBytes: number;
}

const BOTH = ['visible', 'changes'] as const;

/** The right to write one pipeline in a PostgreSQL database. */
export class PostgresStore implements PipelineStore {
  private readonly loads = new Map<PostgresLoad, LoadRole>();
  private readonly heals = new HealSessions();
  /** Files that are being staged. */
  private stagings = 0;
  /** Only this lease loads, so it is checked once. */
  private isLedgerChecked = false;

  constructor(
    private readonly context: LeaseContext,
    private readonly writer: PipelineWriter,
    private readonly unlock: () => Promise<void>,
  ) {}

  get epoch(): number {
    return this.context.epoch;
  }

  readCheckpoint(): Promise<StoredCheckpoint | undefined> {
    return this.writer.read((transaction) => readCheckpoint(transaction, this.number));
  }

  readColumns(): Promise<readonly Column[]> {
    return this.writer.read((transaction) => readColumns(transaction, this.tables.ownRows));
  }

  async readLedger(role: LoadedRole): Promise<readonly LedgerEntry[]> {
    // A lost load may still commit, and its files would be missing here (rule C3).
    await this.endLost(role);
    return this.writer.read((transaction) => readLedger(transaction, this.tables.ownRows, role));
  }

  save(checkpoint: CheckpointWrite): Promise<void> {
    return this.writer.commit(checkpoint, () => []);
  }

  async widen(columns: readonly Column[], signal?: AbortSignal): Promise<void> {
    if (this.loads.size > 0 || this.stagings > 0) throw new Error('widen while a load is open');
    const { smallTableBytes } = this.context;
    await this.writer.writeTogether(signal, (together) =>
      widenTables({ tables: this.tables, smallTableBytes, signal, ...together }, columns),
    );
  }

  async startGeneration(
    generation: number,
    checkpoint: CheckpointWrite,
    into: 'shadow' | 'lines' = 'shadow',
  ): Promise<void> {
    await this.writer.write(async (transaction, state, next) => {
      if (into === 'lines') requireHealable(state);
      await this.abandonHeal();
      await this.abandonLoads('shadow');
      await this.abandonLoads('verify');
      await endVerify(transaction, this.tables);
      const columns = await readColumns(transaction, this.tables.ownRows);
      await beginGeneration(transaction, this.tables, columns, { generation, into });
      await writeCheckpoint(transaction, this.number, checkpoint, next);
    }, this.context.stop);
  }

  async abandonLoad(checkpoint: CheckpointWrite): Promise<void> {
    await this.writer.write(async (transaction, _state, next) => {
      await this.abandonLoads('shadow');
      await endGeneration(transaction, this.tables);
      await writeCheckpoint(transaction, this.number, checkpoint, next);
    }, this.context.stop);
  }

  async loadConnections(): Promise<number> {
    const { mostLoads } = this.context.server.pool;
    return Math.min(mostLoads, await this.writer.read(loadsToSpare));
  }

  async load(role: 'shadow' | 'verify', generation: number, columns: readonly Column[]): Promise<Load> {
    requireRecorded(columns, (await this.writer.knowledge()).columns);
    if (role === 'shadow') await this.requireLedger();
    const { server, stop } = this.context;
    const giveBack = await server.pool.loads.acquire(stop);
    const ended = (load: PostgresLoad) => {
      giveBack();
      this.loads.delete(load);
      // The load may have recorded that there are long keys.
      this.writer.forget();
    };
    try {
      const load = await PostgresLoad.open({ ...this.context, ended }, { role, generation, columns });
      this.loads.set(load, role);
      return load;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  private async requireLedger(): Promise<void> {
    if (this.isLedgerChecked) return;
    const { target } = this.tables;
    await this.writer.read(async (transaction) =>
      requireLedger(transaction, this.tables, await readState(transaction, target.pipeline)),
    );
    this.isLedgerChecked = true;
  }

  async stage(
    generation: number,
    batches: AsyncIterable<ChangeBatch>,
    entry?: LedgerEntry,
    signal?: AbortSignal,
  ): Promise<void> {
    this.stagings += 1;
    try {
      // Keys that were read again are staged while `findKeys` holds the place of a load.
      if (entry === undefined) await this.stageOn({ generation, batches, entry }, 'aside', signal);
      else
        await this.context.server.pool.loads.run(
          () => this.stageOn({ generation, batches, entry }, 'shared', signal),
          signal ?? this.context.stop,
        );
    } finally {
      this.stagings -= 1;
      // It may have recorded that there are long keys.
      this.writer.forget();
    }
  }

  async findKeys(
    rule: RereadRule,
    take: (keyTexts: readonly string[]) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const { columns, state } = await this.writer.knowledge();
    const { generation } = state;
    // It holds a connection for as long as a load does.
    await this.context.server.pool.loads.run(
      () =>
        this.heals.run(this.context, generation, { signal }, (own) =>
          findKeys(this.context, generation, own, { columns, rule }, take),
        ),
      signal,
    );
  }

  async hasVisible(): Promise<boolean> {
    return (await this.writer.knowledge()).state.published;
  }

  async apply(role: AppliedRole, batch: ChangeBatch, checkpoint: CheckpointWrite): Promise<void> {
    const into = role === 'both' ? BOTH : [role];
    if (hasLongKey(batch)) for (const table of into) await this.prepareForLongKeys(table);
    await this.writer.commit(
      checkpoint,
      ({ state, columns, hasDeadLetters, storage }) => {
        if (batch.changes.length === 0) return [];
        const rows = new BatchParameters(batch.changes, batch.columns, columns);
        return into.flatMap((table) => {
          const statements = (table === 'visible' ? applyToVisible : applyToChanges)(
            this.tables,
            columns,
            rows,
            {
              keyForm: state.digestKey ? 'digest' : 'columns',
              verifying: state.verifying,
              hasDeadLetters: hasDeadLetters[table],
              acted: storage[table]?.acted === true,
            },
          );
          hasDeadLetters[table] ||= hasDeadLetter(batch);
          return statements;
        });
      },
      into,
    );
  }

  async publish(
    decide: (view: PublishView) => CheckpointWrite,
    signal?: AbortSignal,
  ): Promise<PublishResult> {
    // A lost load may still commit that there are long keys.
    await this.endLost('shadow');
    const { state } = await this.writer.knowledge();
    if (state.published && state.longKeys) await this.prepareForLongKeys('visible');
    return this.published('shadow', decide, signal, async (transaction, current) => {
      await this.abandonLoads('shadow');
      const columns = await readColumns(transaction, this.tables.ownRows);
      return publishGeneration(transaction, this.tables, columns, current);
    });
  }

  async publishHeal(
    decide: (view: PublishView) => CheckpointWrite,
    signal?: AbortSignal,
  ): Promise<PublishResult> {
    // A lost session may still commit that there are long keys.
    await this.endLost('lines');
    const { state } = await this.writer.knowledge();
    if (state.longKeys) await this.prepareForLongKeys('visible');
    return this.published('lines', decide, signal, async (transaction) => {
      await this.abandonHeal();
      return publishHeal(transaction, this.tables, await readColumns(transaction, this.tables.ownRows));
    });
  }

  async startVerify(): Promise<void> {
    await this.writer.write(async (transaction) => {
      await this.abandonLoads('verify');
      await beginVerify(transaction, this.tables);
    }, this.context.stop);
  }

  async compare(examples: number, signal?: AbortSignal, which: ComparedKeys = 'all'): Promise<Comparison> {
    const { columns } = await this.writer.knowledge();
    // It holds a connection for as long as a load does.
    return this.context.server.pool.loads.run(
      () => this.compareTables(columns, { examples, which }, signal),
      signal,
    );
  }

  async endVerify(): Promise<void> {
    await this.writer.write(async (transaction) => {
      await this.abandonLoads('verify');
      await endVerify(transaction, this.tables);
    });
  }

  async release(): Promise<void> {
    await this.writer.close();
    await this.unlock();
  }

  private get tables(): PostgresTables {
    return this.context.tables;
  }

  private get number(): number {
    return this.tables.number;
  }

  /** Publishes a generation in one transaction. @param role the table that its exports were loaded into */
  private async published(
    role: 'shadow' | 'lines',
    decide: (view: PublishView) => CheckpointWrite,
    signal: AbortSignal | undefined,
    publish: (transaction: Transaction, state: PostgresPipelineRow) => Promise<PublishResult>,
  ): Promise<PublishResult> {
    const result = await this.writer.write(async (transaction, state, next) => {
      await transaction.run(END_WITH_CLIENT);
      const stored = await readCheckpoint(transaction, this.number);
      const checkpoint = await decidedCheckpoint(transaction, this.tables, { state, role }, stored, decide);
      const published = await publish(transaction, state);
      await writeCheckpoint(transaction, this.number, checkpoint, next);
      ({ rows: next.rows, deadLetters: next.deadLetters } = published);
      return published;
    }, signal);
    // So that the first queries already get good plans.
    await this.writer.maintain(`ANALYZE ${this.tables.sql('visible')}`);
    return result;
  }

  private stageOn(
    staged: StagedFile,
    place: 'shared' | 'aside',
    signal: AbortSignal | undefined,
  ): Promise<void> {
    return this.heals.run(this.context, staged.generation, { signal, place }, (own) =>
      stageLines(this.context, own, staged),
    );
  }

  /** Ends the sessions that hold the tables of a heal. */
  private async abandonHeal(): Promise<void> {
    this.heals.abandon();
    await this.endLost('lines');
  }

  /** Runs on its own connection: it takes long, and changes are applied meanwhile. */
  private async compareTables(
    columns: readonly Column[],
    scope: Parameters<typeof compareTables>[3],
    signal: AbortSignal | undefined,
  ): Promise<Comparison> {
    const { server, hooks, lost } = this.context;
    const session = new Session(server, { hooks, lost: lost.verify });
    try {
      return await session.transaction(
        async (transaction) => {
          // A new writer drops these tables, and ends the sessions that still read them.
          await transaction.run(markWriting(this.number).sql);
          await transaction.run(END_WITH_CLIENT);
          return compareTables(transaction, this.tables, columns, scope);
        },
        'snapshot',
        signal,
      );
    } finally {
      await session.close();
    }
  }

  /** From now on the unique index of the visible table, present or future, accepts keys of any length. */
  private async prepareForLongKeys(role: 'changes' | 'visible'): Promise<void> {
    const { state } = await this.writer.knowledge();
    if (role === 'changes' ? state.longKeys : state.digestKey) return;
    const { stop } = this.context;
    await this.writer.write(async (transaction) => {
      if (role === 'visible') {
        const columns = await readColumns(transaction, this.tables.ownRows);
        await indexByDigest(transaction, this.tables.name('visible'), columns, this.number, stop);
        await updateState(transaction, this.tables.ownRows, { digestKey: true });
      }
      await updateState(transaction, this.tables.ownRows, { longKeys: true });
    }, stop);
  }

  /** Ends the open loads, whose transactions hold a table that is about to be dropped or renamed. */
  private async abandonLoads(role: LoadRole): Promise<void> {
    for (const [load, loadRole] of this.loads) if (loadRole === role) await load.abandon();
    // A load that could not end cleanly still holds its table.
    await this.endLost(role);
  }

  /**
   * After this, no lost load can commit any more. It does not use the connection of the writer, which may be in a
   * transaction.
   */
  private async endLost(role: LoadedRole): Promise<void> {
    const { hooks, server, stop } = this.context;
    const lost = this.context.lost[role];
    if (lost.isEmpty) return;
    // The caller may be in the middle of a transaction.
    const session = new Session(server, { hooks, lost, stop, place: 'aside' });
    try {
      await session.connect();
    } finally {
      this.writer.forget();
      await session.close();
    }
  }
}
