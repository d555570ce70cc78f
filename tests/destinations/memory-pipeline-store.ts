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
} from '../../runtime/destinations/destination';
import { FileLoadedMeanwhile, LeaseLost, StaleGeneration } from '../../runtime/destinations/errors';
import { requireRecorded } from '../../runtime/destinations/relational/columns';
import { convertCell } from '../../runtime/item/cell';
import type { Column } from '../../runtime/item/column';
import { progress } from '../tiers/progress';
import { applyToChanges, applyToVisible } from './memory-apply';
import { compareTables } from './memory-compare';
import { findKeys, publishHealed } from './memory-heal';
import { MemoryLoad } from './memory-load';
import { publishGeneration } from './memory-publish';
import { endVerify, type MemoryHooks, type StoredPipeline, type StoredRow } from './memory-store';

export class MemoryPipelineStore implements PipelineStore {
  private openLoads = 0;

  constructor(
    private readonly pipeline: StoredPipeline,
    readonly epoch: number,
    private readonly hooks: MemoryHooks,
  ) {}

  async readCheckpoint(): Promise<StoredCheckpoint | undefined> {
    const { head, shards } = this.pipeline;
    return head === undefined ? undefined : { head, shards: new Map(shards) };
  }

  async readColumns(): Promise<readonly Column[]> {
    return this.pipeline.columns;
  }

  async readLedger(role: LoadedRole): Promise<readonly LedgerEntry[]> {
    return [...this.pipeline.ledger[role]];
  }

  async save(checkpoint: CheckpointWrite): Promise<void> {
    await this.write('save', () => this.writeCheckpoint(checkpoint));
  }

  async widen(columns: readonly Column[]): Promise<void> {
    if (this.openLoads > 0) throw new Error('widen while a load is open');
    await this.write('widen', () => {
      const { columns: recorded, tables, changes, lines } = this.pipeline;
      const names = new Set(columns.map((column) => column.name));
      if (!recorded.every((column) => names.has(column.name)))
        throw new Error('a recorded column is missing');
      const order = new Map(columns.map((column) => [column.name, column]));
      const added = columns.filter((column) => !recorded.some(({ name }) => name === column.name));
      const next = [...recorded.map(({ name }) => order.get(name) as Column), ...added];
      const converted = recorded.flatMap((column, position) => {
        const to = (next[position] as Column).type;
        return to.kind === column.type.kind ? [] : [{ position, from: column.type, to }];
      });
      if (converted.length > 0) {
        const convert = <R extends { readonly cells: StoredRow['cells'] }>(row: R): R => {
          const cells = [...row.cells];
          for (const { position, from, to } of converted) {
            const cell = cells[position];
            if (cell !== undefined) cells[position] = convertCell(cell, from, to);
          }
          return { ...row, cells };
        };
        for (const table of Object.values(tables))
          for (const [key, row] of table) table.set(key, convert(row));
        for (const staged of [changes, lines]) {
          for (const [key, line] of staged)
            if (line.cells !== undefined) staged.set(key, convert({ ...line, cells: line.cells }));
        }
      }
      this.pipeline.columns = next;
    });
  }

  async startGeneration(
    generation: number,
    checkpoint: CheckpointWrite,
    into: 'shadow' | 'lines' = 'shadow',
  ): Promise<void> {
    await this.write('startGeneration', () => {
      if (into === 'lines' && !this.pipeline.published) throw new Error('a heal needs a visible table');
      this.endGeneration();
      this.pipeline.generation = generation;
      this.pipeline.loading = into === 'shadow';
      this.pipeline.healing = into === 'lines';
      endVerify(this.pipeline);
      this.pipeline.shards.clear();
      this.writeCheckpoint(checkpoint);
    });
  }

  async abandonLoad(checkpoint: CheckpointWrite): Promise<void> {
    await this.write('abandonLoad', () => {
      this.endGeneration();
      this.writeCheckpoint(checkpoint);
    });
  }

  async loadConnections(): Promise<number> {
    return 1;
  }

  async load(role: 'shadow' | 'verify', generation: number, columns: readonly Column[]): Promise<Load> {
    this.check();
    requireRecorded(columns, this.pipeline.columns);
    this.openLoads += 1;
    return new MemoryLoad(this.pipeline, role, generation, columns, {
      write: (method, work) => this.write(method, work),
      ended: () => (this.openLoads -= 1),
    });
  }

  async stage(
    generation: number,
    batches: AsyncIterable<ChangeBatch>,
    file?: LedgerEntry,
    signal?: AbortSignal,
  ): Promise<void> {
    this.check();
    this.openLoads += 1;
    try {
      const staged: ChangeBatch[] = [];
      for await (const batch of batches) {
        signal?.throwIfAborted();
        staged.push(batch);
      }
      await this.write('stage', () => {
        signal?.throwIfAborted();
        this.requireHealing(generation);
        const { ledger } = this.pipeline;
        if (ledger.lines.some((entry) => entry.file === file?.file)) throw new FileLoadedMeanwhile();
        for (const batch of staged) applyToChanges(this.pipeline, batch, 'lines');
        if (file !== undefined) ledger.lines.push(file);
      });
    } finally {
      this.openLoads -= 1;
    }
  }

  async findKeys(
    rule: RereadRule,
    take: (keyTexts: readonly string[]) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const { generation } = this.pipeline;
    this.requireHealing(generation);
    for (const piece of findKeys(this.pipeline, rule)) {
      signal?.throwIfAborted();
      await take(piece);
      this.requireHealing(generation);
    }
    signal?.throwIfAborted();
  }

  async hasVisible(): Promise<boolean> {
    this.check();
    return this.pipeline.published;
  }

  async apply(role: AppliedRole, batch: ChangeBatch, checkpoint: CheckpointWrite): Promise<void> {
    await this.write('apply', () => {
      if (role !== 'visible') applyToChanges(this.pipeline, batch);
      if (role !== 'changes') applyToVisible(this.pipeline, batch);
      this.writeCheckpoint(checkpoint);
    });
  }

  async publish(decide: (view: PublishView) => CheckpointWrite): Promise<PublishResult> {
    let result: PublishResult | undefined;
    await this.write('publish', () => {
      const { head, shards, ledger, loading } = this.pipeline;
      if (!loading || head === undefined) throw new Error('no generation is being loaded');
      const checkpoint = decide({
        checkpoint: { head, shards: new Map(shards) },
        ledger: [...ledger.shadow],
      });
      result = publishGeneration(this.pipeline);
      this.writeCheckpoint(checkpoint);
    });
    return result as PublishResult;
  }

  async publishHeal(decide: (view: PublishView) => CheckpointWrite): Promise<PublishResult> {
    let result: PublishResult | undefined;
    await this.write('publishHeal', () => {
      const { head, shards, ledger, healing } = this.pipeline;
      if (!healing || head === undefined) throw new Error('no heal is running');
      const checkpoint = decide({
        checkpoint: { head, shards: new Map(shards) },
        ledger: [...ledger.lines],
      });
      result = publishHealed(this.pipeline);
      this.writeCheckpoint(checkpoint);
    });
    return result as PublishResult;
  }

  async startVerify(): Promise<void> {
    await this.write('startVerify', () => {
      endVerify(this.pipeline);
      this.pipeline.verifying = true;
    });
  }

  async compare(examples: number, signal?: AbortSignal, which: ComparedKeys = 'all'): Promise<Comparison> {
    signal?.throwIfAborted();
    return compareTables(this.pipeline, examples, which);
  }

  async endVerify(): Promise<void> {
    await this.write('endVerify', () => endVerify(this.pipeline));
  }

  async release(): Promise<void> {
    // The next lease fences this one.
  }

  private endGeneration(): void {
    const { tables, changes, lines, deadLetters, ledger } = this.pipeline;
    this.pipeline.loading = false;
    this.pipeline.healing = false;
    ledger.shadow = [];
    ledger.lines = [];
    tables.shadow.clear();
    changes.clear();
    lines.clear();
    deadLetters.shadow.clear();
    deadLetters.changes.clear();
    deadLetters.lines.clear();
  }

  private writeCheckpoint({ head, shards }: CheckpointWrite): void {
    this.pipeline.head = head;
    for (const [shard, state] of shards) {
      if (state === null) this.pipeline.shards.delete(shard);
      else this.pipeline.shards.set(shard, state);
    }
  }

  /** One transaction: `work` has to check before it changes anything. */
  private async write(method: string, work: () => void): Promise<void> {
    await this.hooks.beforeWrite?.(method);
    this.check();
    work();
    this.pipeline.commits += 1;
    progress();
    this.hooks.afterCommit?.(method);
  }

  private requireHealing(expected: number): void {
    this.check();
    const { healing, generation } = this.pipeline;
    if (!healing || generation !== expected) throw new StaleGeneration(expected, generation);
  }

  private check(): void {
    if (this.pipeline.epoch !== this.epoch) throw new LeaseLost(this.pipeline.target.pipeline, this.epoch);
  }
}
