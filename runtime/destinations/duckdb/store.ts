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
import { ownState, type PipelineRow, readColumns, readLedger } from '../relational/bookkeeping';
import { columnsToRecord, requireRecorded } from '../relational/columns';
import { beginGeneration, endGeneration, requireHealable } from '../relational/generation';
import { requireLedger } from '../relational/ledger';
import { applyChangesToShadow, decidedCheckpoint } from '../relational/publish';
import { applyToBoth, applyToChanges, applyToVisible } from './apply';
import { readState, writeColumns } from './bookkeeping';
import { compareTables } from './compare';
import type { DatabaseFile } from './database-file';
import { findKeys } from './find-keys';
import { putHead, readCheckpoint, takeHead, writeCheckpoint } from './head';
import { publishHeal } from './heal';
import { DuckDBLoad } from './load';
import { publishGeneration } from './publish';
import { explained } from './objects/explain';
import { onOwnConnection, Session, type DuckDBHooks, type Transaction } from './session';
import { stageLines } from './stage';
import type { DuckDBTables } from './tables';
import { beginVerify, endVerify } from './verify-tables';

/** The right to write one pipeline in a DuckDB file. Its writes run one after another, on one connection. */
export class DuckDBStore implements PipelineStore {
  private readonly session: Session;
  private openLoads = 0;
  /** Only this lease loads, so it is checked once. */
  private isLedgerChecked = false;
  /** Only this lease can change them, so they are read once. */
  private columns: readonly Column[] | undefined;

  constructor(
    readonly file: DatabaseFile,
    readonly hooks: DuckDBHooks,
    readonly tables: DuckDBTables,
    readonly epoch: number,
  ) {
    this.session = new Session(file, hooks);
  }

  async readCheckpoint(): Promise<StoredCheckpoint | undefined> {
    return this.read((transaction) => readCheckpoint(transaction, this.pipeline));
  }

  async readColumns(): Promise<readonly Column[]> {
    return this.read((transaction) => readColumns(transaction, this.tables.ownRows));
  }

  async readLedger(role: LoadedRole): Promise<readonly LedgerEntry[]> {
    return this.read((transaction) => readLedger(transaction, this.tables.ownRows, role));
  }

  async save(checkpoint: CheckpointWrite): Promise<void> {
    await this.write((transaction) => writeCheckpoint(transaction, this.pipeline, checkpoint));
  }

  async widen(columns: readonly Column[], signal?: AbortSignal): Promise<void> {
    if (this.openLoads > 0) throw new Error('widen while a load is open');
    const work: Work<readonly Column[]> = async (transaction, state, recorded) => {
      const widened = columnsToRecord(recorded, columns);
      if (widened === undefined) return recorded;
      for (const table of this.tables.existing(state)) {
        await this.tables.requireMade(transaction, table, recorded);
        await this.tables.widen(transaction, table, recorded, widened);
      }
      await writeColumns(transaction, this.pipeline, widened);
      return widened;
    };
    await this.file.exclusively(this.pipeline, async () => {
      try {
        this.columns = await this.writeUnqueued(work, signal);
      } catch (error) {
        // The outcome of the commit may be unknown, so they are read again.
        this.columns = undefined;
        throw error;
      }
    });
  }

  async startGeneration(
    generation: number,
    checkpoint: CheckpointWrite,
    into: 'shadow' | 'lines' = 'shadow',
  ): Promise<void> {
    await this.write(async (transaction, state, columns) => {
      if (into === 'lines') requireHealable(state);
      if (state.verifying) await endVerify(transaction, this.tables);
      await beginGeneration(transaction, this.tables, columns, { generation, into });
      await writeCheckpoint(transaction, this.pipeline, checkpoint);
    });
  }

  async abandonLoad(checkpoint: CheckpointWrite): Promise<void> {
    await this.write(async (transaction) => {
      await endGeneration(transaction, this.tables);
      await writeCheckpoint(transaction, this.pipeline, checkpoint);
    });
  }

  /** More than one would need more memory and be no faster: DuckDB does the work, with its own threads. */
  async loadConnections(): Promise<number> {
    return 1;
  }

  async load(role: 'shadow' | 'verify', generation: number, columns: readonly Column[]): Promise<Load> {
    const recorded = await this.recordedColumns();
    requireRecorded(columns, recorded);
    if (role === 'shadow') await this.requireLedger();
    this.openLoads += 1;
    try {
      return await DuckDBLoad.open(
        {
          file: this.file,
          hooks: this.hooks,
          tables: this.tables,
          epoch: this.epoch,
          ended: () => (this.openLoads -= 1),
        },
        { role, generation, columns },
      );
    } catch (error) {
      this.openLoads -= 1;
      throw error;
    }
  }

  private async requireLedger(): Promise<void> {
    if (this.isLedgerChecked) return;
    await this.read(async (transaction) =>
      requireLedger(transaction, this.tables, await readState(transaction, this.pipeline)),
    );
    this.isLedgerChecked = true;
  }

  async stage(
    generation: number,
    batches: AsyncIterable<ChangeBatch>,
    entry?: LedgerEntry,
    signal?: AbortSignal,
  ): Promise<void> {
    const columns = await this.recordedColumns();
    this.openLoads += 1;
    try {
      await stageLines(this, columns, { generation, batches, entry }, signal);
    } finally {
      this.openLoads -= 1;
    }
  }

  async findKeys(
    rule: RereadRule,
    take: (keyTexts: readonly string[]) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    await findKeys(this, await this.recordedColumns(), rule, take, signal);
  }

  async hasVisible(): Promise<boolean> {
    return this.read(async (transaction) => (await this.ownState(transaction)).published);
  }

  async apply(role: AppliedRole, batch: ChangeBatch, checkpoint: CheckpointWrite): Promise<void> {
    await this.write(async (transaction, state, columns) => {
      if (role === 'changes') {
        await applyToChanges(transaction, this.tables, columns, batch);
        await writeCheckpoint(transaction, this.pipeline, checkpoint);
      } else {
        const before = await takeHead(transaction, this.pipeline);
        const apply = role === 'both' ? applyToBoth : applyToVisible;
        const visible = { before, recordKeys: state.verifying };
        const counts = await apply(transaction, this.tables, columns, batch, visible);
        await putHead(transaction, this.pipeline, checkpoint, counts);
      }
    });
  }

  async publish(
    decide: (view: PublishView) => CheckpointWrite,
    signal?: AbortSignal,
  ): Promise<PublishResult> {
    return this.file.exclusively(this.pipeline, async () => {
      const checkpoint = await this.writeUnqueued(async (transaction, state, columns) => {
        const stored = await readCheckpoint(transaction, this.pipeline);
        const loading = { state, role: 'shadow' } as const;
        const decided = await decidedCheckpoint(transaction, this.tables, loading, stored, decide);
        await applyChangesToShadow(transaction, this.tables, columns, state);
        return decided;
      }, signal);
      // Nothing of this pipeline commits in between, and the epoch is checked again. So the decision still holds.
      return this.writeUnqueued(async (transaction, state, columns) => {
        const result = await publishGeneration(transaction, this.tables, columns, state);
        await writeCheckpoint(transaction, this.pipeline, checkpoint, result);
        return result;
      }, signal);
    });
  }

  async publishHeal(
    decide: (view: PublishView) => CheckpointWrite,
    signal?: AbortSignal,
  ): Promise<PublishResult> {
    return this.file.exclusively(this.pipeline, () =>
      this.writeUnqueued(async (transaction, state, columns) => {
        const stored = await readCheckpoint(transaction, this.pipeline);
        const healing = { state, role: 'lines' } as const;
        const checkpoint = await decidedCheckpoint(transaction, this.tables, healing, stored, decide);
        const result = await publishHeal(transaction, this.tables, columns);
        await writeCheckpoint(transaction, this.pipeline, checkpoint, result);
        return result;
      }, signal),
    );
  }

  async startVerify(): Promise<void> {
    await this.write((transaction, _state, columns) => beginVerify(transaction, this.tables, columns));
  }

  async compare(examples: number, signal?: AbortSignal, which: ComparedKeys = 'all'): Promise<Comparison> {
    const columns = await this.recordedColumns();
    // It takes long, and changes are applied meanwhile.
    return onOwnConnection(
      this,
      (transaction) => compareTables(transaction, this.tables, columns, { examples, which }),
      signal,
    );
  }

  async endVerify(): Promise<void> {
    await this.write((transaction) => endVerify(transaction, this.tables));
  }

  async release(): Promise<void> {
    await this.file.exclusively(this.pipeline, async () => this.session.close());
  }

  private get pipeline(): string {
    return this.tables.target.pipeline;
  }

  /** @throws LeaseLost */
  private async ownState(transaction: Transaction): Promise<PipelineRow> {
    return ownState(await readState(transaction, this.pipeline), this.pipeline, this.epoch);
  }

  private async recordedColumns(): Promise<readonly Column[]> {
    return (this.columns ??= await this.readColumns());
  }

  private async read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.file.exclusively(this.pipeline, () => this.session.transaction(work));
  }

  /** Runs one transaction of the writer. Nothing else of this pipeline commits between its check and its commit (rule C2). */
  private async write<T>(work: Work<T>): Promise<T> {
    return this.file.exclusively(this.pipeline, () => this.writeUnqueued(work));
  }

  private async writeUnqueued<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    const checked = async (transaction: Transaction) => {
      const state = await this.ownState(transaction);
      this.columns ??= await readColumns(transaction, this.tables.ownRows);
      return work(transaction, state, this.columns);
    };
    try {
      return await this.session.transaction(checked, signal);
    } catch (error) {
      throw await explained(error, this);
    }
  }
}

type Work<T> = (transaction: Transaction, state: PipelineRow, columns: readonly Column[]) => Promise<T>;
