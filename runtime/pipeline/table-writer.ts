import type { StreamRecord } from '../aws/services';
import type { CheckpointWrite, PipelineStore, Load } from '../destinations/destination';
import { DestinationUnusable } from '../destinations/errors';
import type { Catalog } from '../item/catalog';
import type { Events } from '../observe/events';
import { encodeChanges, newestPerKey, observeChanges } from './changes';
import { SharedLock } from './shared-lock';

/**
 * The pipeline's tables as one thing with one set of columns, which rows are encoded for. Loads and batches of changes
 * share the columns as they are; widening them waits for both, and they for it.
 */
export class TableWriter {
  private readonly lock = new SharedLock();
  /** What a widening asked for of which nobody knows whether it has happened; the tables may hold all or some of it. */
  private inDoubt: Catalog | undefined;

  constructor(
    private readonly store: PipelineStore,
    private columns: Catalog,
    private readonly pipeline: string,
    private readonly events: Events,
  ) {}

  get catalog(): Catalog {
    return this.columns;
  }

  /**
   * Applies changes together with the checkpoint that covers them (rule C1), widening columns first where they ask for
   * it. Returns how many keys they came down to.
   */
  async apply(
    role: 'changes' | 'visible',
    records: readonly StreamRecord[],
    checkpoint: CheckpointWrite,
    signal?: AbortSignal,
  ): Promise<number> {
    const changes = newestPerKey(records, this.columns);
    await this.widen(observeChanges(changes, this.columns), signal);
    const release = await this.acquireColumns(signal);
    try {
      const batch = encodeChanges(changes, this.columns);
      await this.store.apply(role, batch, checkpoint);
      this.reportDeadLetters(
        batch.changes.flatMap((change) => (change.action === 'dead letter' ? [change.deadLetter] : [])),
      );
    } finally {
      release();
    }
    return changes.size;
  }

  /** Makes the tables hold what `wanted` holds. Nothing happens when they do. */
  async widen(wanted: Catalog, signal?: AbortSignal): Promise<void> {
    if (this.inDoubt === undefined && this.columns.merge(wanted) === this.columns) return;
    await this.lock.exclusive(async () => {
      const before = this.columns;
      const wider = (this.inDoubt ?? before).merge(wanted);
      if (wider === before) return;
      this.inDoubt = wider;
      try {
        await this.store.widen(wider.columns, signal);
      } catch (error) {
        // What is refused for good is nobody else's to carry on: whoever needs the columns is told the same.
        if (error instanceof DestinationUnusable) this.inDoubt = undefined;
        throw error;
      }
      this.columns = wider;
      this.inDoubt = undefined;
      const known = new Map(before.columns.map((column) => [column.name, column]));
      this.events.emit('pipeline.columns', {
        pipeline: this.pipeline,
        added: wider.columns.filter(({ name }) => !known.has(name)).map(({ name }) => name),
        widened: wider.columns
          .filter((column) => known.has(column.name) && known.get(column.name)?.type !== column.type)
          .map(({ name }) => name),
      });
    });
  }

  /**
   * Opens a load under the columns that the tables have now; they do not change before it ends. It has to be ended, by commit
   * or rollback, whatever happens.
   */
  async openLoad(
    role: 'shadow' | 'verify',
    generation: number,
    signal?: AbortSignal,
  ): Promise<{ readonly catalog: Catalog; readonly load: Load }> {
    const release = await this.acquireColumns(signal);
    const catalog = this.columns;
    let load: Load;
    try {
      load = await this.store.load(role, generation, catalog.columns);
    } catch (error) {
      release();
      throw error;
    }
    const held: Load = {
      sink: load.sink,
      flush: async (deadLetters) => {
        await load.flush(deadLetters);
        if (role === 'shadow') this.reportDeadLetters(deadLetters);
      },
      commit: (files) => load.commit(files).finally(release),
      rollback: () => load.rollback().finally(release),
    };
    return { catalog, load: held };
  }

  /** Keeps the columns as they are until they are released, once they are what the tables have (rule C3). */
  private async acquireColumns(signal: AbortSignal | undefined): Promise<() => void> {
    for (;;) {
      const release = await this.lock.acquireShared();
      if (this.inDoubt === undefined) return release;
      release();
      await this.widen(this.inDoubt, signal);
    }
  }

  private reportDeadLetters(deadLetters: readonly { readonly reason: string }[]): void {
    const [first] = deadLetters;
    if (first === undefined) return;
    this.events.emit('pipeline.deadLetter', {
      pipeline: this.pipeline,
      count: deadLetters.length,
      reason: first.reason,
    });
  }
}
