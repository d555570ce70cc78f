import { EarliestFirst } from './waiting-lists';

interface Read {
  readonly shardId: string;
  readonly dueAt: number;
}

/** Outdated reads are dropped when there are this many more of them than shards. */
const SPARE = 1_000;

/** When each shard was last read, and which of them has waited longest. The cost of a read does not grow with their number. */
export class LastReads {
  private readonly times = new Map<string, number>();
  /** The last read of each shard, and some outdated ones. */
  private reads = new EarliestFirst<Read>();

  /** Number of shards being read. */
  get size(): number {
    return this.times.size;
  }

  /** @param at epoch ms on the service's clock */
  read(shardId: string, at: number): void {
    this.times.set(shardId, at);
    this.reads.add({ shardId, dueAt: at });
    if (this.reads.size > 2 * this.times.size + SPARE) this.drop();
  }

  /** The shard is no longer read. */
  forget(shardId: string): void {
    this.times.delete(shardId);
  }

  /** Time of the last read of the shard that has waited longest; `undefined` if no shard is read. */
  oldest(): number | undefined {
    for (let first = this.reads.first; first; first = this.reads.first) {
      if (this.times.get(first.shardId) === first.dueAt) return first.dueAt;
      this.reads.take();
    }
    return undefined;
  }

  private drop(): void {
    this.reads = new EarliestFirst();
    for (const [shardId, dueAt] of this.times) this.reads.add({ shardId, dueAt });
  }
}
