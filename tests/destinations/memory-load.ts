import type { LedgerEntry, Load } from '../../runtime/destinations/destination';
import { FileLoadedMeanwhile, StaleGeneration } from '../../runtime/destinations/errors';
import type { Column } from '../../runtime/item/column';
import type { DeadLetter } from '../../runtime/item/dead-letter';
import { CollectedRows } from '../../runtime/item/row-cells';
import { arrange, keyOf, keyPositions, type StoredPipeline, type StoredRow } from './memory-store';

interface LoadOwner {
  write(method: string, work: () => void): Promise<void>;
  ended(): void;
}

export class MemoryLoad implements Load {
  readonly sink = new CollectedRows();
  private readonly rows = new Map<string, StoredRow>();
  private readonly deadLetters: DeadLetter[] = [];
  private open = true;

  constructor(
    private readonly pipeline: StoredPipeline,
    private readonly role: 'shadow' | 'verify',
    private readonly generation: number,
    private readonly loaded: readonly Column[],
    private readonly owner: LoadOwner,
  ) {}

  async flush(deadLetters: readonly DeadLetter[]): Promise<void> {
    if (!this.open) throw new Error('the load has ended');
    const { columns } = this.pipeline;
    const arranged = arrange(this.loaded, columns);
    const positions = keyPositions(columns);
    for (const row of this.sink.take()) {
      const cells = arranged(row);
      const key = keyOf(positions.map((position) => cells[position] ?? null));
      if (this.rows.has(key)) throw new Error(`key ${key} appears twice in one load`);
      this.rows.set(key, { cells, sourceTime: null, deleted: false });
    }
    this.deadLetters.push(...deadLetters);
  }

  async commit(files: readonly LedgerEntry[]): Promise<void> {
    this.end();
    await this.owner.write('load.commit', () => {
      const { pipeline, role, generation } = this;
      const current = role === 'shadow' ? pipeline.loading : pipeline.verifying;
      if (!current || pipeline.generation !== generation)
        throw new StaleGeneration(generation, pipeline.generation);
      const loaded = new Set(pipeline.ledger[role].map(({ file }) => file));
      if (files.some(({ file }) => loaded.has(file))) throw new FileLoadedMeanwhile();
      const table = pipeline.tables[role];
      for (const key of this.rows.keys()) {
        if (table.has(key)) throw new Error(`key ${key} was loaded before: an item is in an export once`);
      }
      for (const [key, row] of this.rows) table.set(key, row);
      for (const deadLetter of this.deadLetters)
        pipeline.deadLetters[role].set(deadLetter.keyText, { ...deadLetter, sourceTime: null });
      pipeline.ledger[role].push(...files);
    });
  }

  async rollback(): Promise<void> {
    this.end();
  }

  private end(): void {
    if (!this.open) throw new Error('the load has ended');
    this.open = false;
    this.owner.ended();
  }
}
