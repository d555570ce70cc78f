import { EarliestFirst } from './waiting-lists';

interface Read {
  readonly shardId: string;
  readonly dueAt: number;
}

/** Reads that are no longer the last of their shards are dropped when there are so many more than shards. */
const SPARE = 1_000;

/** When each shard was read last, and which of them has waited longest. Costs the same at each read however many there are. */
export class LastReads {
  private readonly times = new Map<string, number>();
  /** The last reads, and some that were. */
  private reads = new EarliestFirst<Read>();

  /** Shards that are being read. */
  get size(): number {
    return this.times.size;
  }

  /** `at`: epoch ms on the service's clock. */
  read(shardId: string, at: number): void {
    this.times.set(shardId, at);
    this.reads.add({ shardId, dueAt: at });
    if (this.reads.size > 2 * this.times.size + SPARE) this.drop();
  }

  /** The shard is not read any more. */
  forget(shardId: string): void {
    this.times.delete(shardId);
  }

  /** Time of the last read of the shard that has waited longest; none when no shard is read. */
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
