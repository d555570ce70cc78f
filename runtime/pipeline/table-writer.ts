import type { StreamRecord } from '../aws/services';
import type {
  AppliedRole,
  ChangeBatch,
  CheckpointWrite,
  LedgerEntry,
  PipelineStore,
  Load,
} from '../destinations/destination';
import { DestinationUnusable } from '../destinations/errors';
import { ColumnsTooNarrow } from '../export/file-attempts';
import type { Catalog } from '../item/catalog';
import type { Events } from '../observe/events';
import { type Change, encodeChanges, newestPerKey, observeChanges } from './changes';
import { SharedLock } from './shared-lock';

/**
 * Treats the pipeline's tables as one, with one set of columns that all rows are encoded for. Loads and batches of changes
 * share the present columns. Widening waits for them, and they wait for it.
 */
export class TableWriter {
  private readonly lock = new SharedLock();
  /** The columns of a widening with unknown outcome: the tables may have all or some of them. */
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
   * Applies changes together with the checkpoint that covers them (rule C1), after widening columns where needed.
   * Returns the number of distinct keys.
   */
  async apply(
    role: AppliedRole,
    records: readonly StreamRecord[],
    checkpoint: CheckpointWrite,
    signal?: AbortSignal,
  ): Promise<number> {
    const changes = newestPerKey(records, this.columns);
    await this.widen(observeChanges(changes.values(), this.columns), signal);
    const release = await this.acquireColumns(signal);
    try {
      const batch = encodeChanges(changes, this.columns);
      await this.store.apply(role, batch, checkpoint);
      this.reportDeadLetters(batch);
    } finally {
      release();
    }
    return changes.size;
  }

  /**
   * Stages changes for a heal (rule G3), the newest last, in one transaction. Meanwhile the columns do not change.
   * @param file the ledger entry to commit with them; without it, deletes of keys, which every table's columns hold
   * @throws ColumnsTooNarrow when the columns do not hold a change, and whatever iterating `pieces` throws: nothing is staged
   */
  async stage(
    generation: number,
    pieces: AsyncIterable<readonly Change[]>,
    file: LedgerEntry | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const release = await this.acquireColumns(signal);
    const { columns, store } = this;
    const reportDeadLetters = (batch: ChangeBatch) => this.reportDeadLetters(batch);
    async function* batches(): AsyncGenerator<ChangeBatch, void, undefined> {
      for await (const piece of pieces) {
        const changes = newestPerKey(piece, columns);
        if (observeChanges(changes.values(), columns) !== columns)
          throw new ColumnsTooNarrow(file?.file ?? '');
        const batch = encodeChanges(changes, columns);
        yield batch;
        reportDeadLetters(batch);
      }
    }
    try {
      await store.stage(generation, batches(), file, signal);
    } finally {
      release();
    }
  }

  /** Widens the tables to hold everything that `wanted` holds. Does nothing if they already do. */
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
        // Refused for good: do not let others retry it; those who need the columns get the same error.
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
   * Opens a load with the tables' present columns, which do not change until it ends. The caller must always end it, by commit
   * or rollback.
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
        if (role === 'shadow') this.emitDeadLetters(deadLetters);
      },
      commit: (files) => load.commit(files).finally(release),
      rollback: () => load.rollback().finally(release),
    };
    return { catalog, load: held };
  }

  /** Waits until the columns match the tables (rule C3), then keeps them unchanged until the returned function is called. */
  private async acquireColumns(signal: AbortSignal | undefined): Promise<() => void> {
    for (;;) {
      const release = await this.lock.acquireShared();
      if (this.inDoubt === undefined) return release;
      release();
      await this.widen(this.inDoubt, signal);
    }
  }

  private reportDeadLetters({ changes }: ChangeBatch): void {
    this.emitDeadLetters(
      changes.flatMap((change) => (change.action === 'dead letter' ? [change.deadLetter] : [])),
    );
  }

  private emitDeadLetters(deadLetters: readonly { readonly reason: string }[]): void {
    const [first] = deadLetters;
    if (first === undefined) return;
    this.events.emit('pipeline.deadLetter', {
      pipeline: this.pipeline,
      count: deadLetters.length,
      reason: first.reason,
    });
  }
}
