import { DestinationTableTaken, DestinationUnusable, KeyChanged } from '../../runtime/destinations/errors';
import type { Destination, PipelineRecord, TableTarget } from '../../runtime/destinations/destination';
import { memoryDialect } from './memory-dialect';
import { MemoryPipelineStore } from './memory-pipeline-store';
import { countRows, endVerify, MemoryStore, newPipeline, type MemoryHooks } from './memory-store';

/**
 * The destination of the tests: it implements the whole contract, synchronously inside, for millions of simulated
 * events. A transaction is one uninterrupted stretch of JavaScript. Its state is in the `MemoryStore`: a new
 * `MemoryDestination` on the same store is the same database after a crash.
 */
export class MemoryDestination implements Destination {
  readonly location = 'memory';
  readonly dialect = memoryDialect;

  constructor(
    readonly store: MemoryStore = new MemoryStore(),
    readonly hooks: MemoryHooks = {},
  ) {}

  async lease(target: TableTarget): Promise<MemoryPipelineStore> {
    await this.hooks.beforeWrite?.('lease');
    for (const other of this.store.pipelines.values()) {
      if (other.target.pipeline === target.pipeline) continue;
      if (other.target.schema === target.schema && other.target.table === target.table) {
        throw new DestinationTableTaken(target.table, other.target.pipeline);
      }
    }
    const pipeline = this.store.pipelines.get(target.pipeline) ?? newPipeline(target);
    if (JSON.stringify(pipeline.target.keySchema) !== JSON.stringify(target.keySchema)) {
      if (pipeline.published) {
        const keys = { source: target.pipeline, before: 'another', now: 'this' };
        throw new KeyChanged(target.table, keys, 'Rename it.', 'ALTER TABLE');
      }
      pipeline.target = { ...pipeline.target, keySchema: target.keySchema };
      pipeline.columns = [];
      pipeline.loading = false;
      pipeline.healing = false;
    }
    const recorded = JSON.stringify(pipeline.target);
    if (recorded !== JSON.stringify(target)) {
      throw new DestinationUnusable(`Pipeline ${target.pipeline} was created as ${recorded}.`);
    }
    this.store.pipelines.set(target.pipeline, pipeline);
    pipeline.epoch += 1;
    endVerify(pipeline);
    const epoch = pipeline.epoch;
    this.hooks.afterCommit?.('lease');
    return new MemoryPipelineStore(pipeline, epoch, this.hooks);
  }

  async inspect(name: string): Promise<PipelineRecord | undefined> {
    const pipeline = this.store.pipelines.get(name);
    if (pipeline === undefined) return undefined;
    return {
      epoch: pipeline.epoch,
      generation: pipeline.generation,
      checkpoint:
        pipeline.head === undefined ? undefined : { head: pipeline.head, shards: new Map(pipeline.shards) },
      columns: pipeline.columns,
      rows: countRows(pipeline),
      problem: undefined,
      slowedBy: undefined,
      deadLetters: pipeline.deadLetters.visible.size,
      storedDeadLetters: pipeline.deadLetters.visible.size,
    };
  }

  async pipelines(): Promise<readonly string[]> {
    return [...this.store.pipelines.keys()];
  }

  async close(): Promise<void> {
    // The store outlives it.
  }
}

export type { MemoryHooks } from './memory-store';
