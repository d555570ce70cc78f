import type { Knobs } from '../knobs';
import { HASH_SPACE, partitionHash, partitionKeyName, rangeStart } from '../partition-hash';
import { within } from '../random';
import type { Random } from '../random';
import type { ItemChange } from '../tables/change';
import type { KeySchemaElement } from '../tables/table-view';
import type { StreamViewType } from './record';
import { Shard } from './shard';
import type { ShardDescription, ShardSurroundings } from './shard';

/** What a stream needs to know about its table. */
export interface StreamedTable {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  /** Number of shards that its stream begins with; undefined: as the knobs say. */
  readonly provisionedPartitions: number | undefined;
}

const SWEEP_MS = 10 * 60_000;

/** One stream of a table, from when it is enabled until a day after it is disabled. */
export class Stream {
  readonly arn: string;
  private readonly around: ShardSurroundings;
  /** How long a disabled stream is kept. */
  private readonly forgetAfterMs: number;
  /** Sorted by id, as DescribeStream lists them. */
  private shards: Shard[] = [];
  private readonly byId = new Map<string, Shard>();
  /** By hash range, without gaps while the stream is enabled. */
  private open: Shard[] = [];
  private readonly hashKey: string;
  private nextRolloverAt = Infinity;
  private nextSweepAt: number;
  private disabledAt: number | undefined;

  constructor(
    readonly table: StreamedTable,
    readonly label: string,
    readonly viewType: StreamViewType,
    readonly createdAt: number,
    private readonly knobs: Knobs,
    private readonly random: Random,
    region: string,
  ) {
    this.arn = `${table.arn}/stream/${label}`;
    this.hashKey = partitionKeyName(table.keySchema);
    const trimAfterMs = knobs.retentionMs + within(random, knobs.trimLazinessMs);
    this.forgetAfterMs = trimAfterMs + within(random, knobs.closedShardListedMs);
    this.around = { knobs, random, region, viewType, trimAfterMs };
    this.nextSweepAt = createdAt + SWEEP_MS;
    const partitions = table.provisionedPartitions ?? knobs.partitions;
    for (let i = 0; i < partitions; i++) {
      this.openShard(rangeStart(i, partitions), rangeStart(i + 1, partitions), createdAt);
    }
    this.settle();
  }

  get isEnabled(): boolean {
    return this.disabledAt === undefined;
  }

  status(now: number): 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED' {
    if (this.disabledAt !== undefined) {
      return now < this.disabledAt + this.knobs.streamDisablingMs ? 'DISABLING' : 'DISABLED';
    }
    return now < this.createdAt + this.knobs.streamEnablingMs ? 'ENABLING' : 'ENABLED';
  }

  /** Whether a disabled stream has nothing left to read and is no longer listed. */
  isGone(now: number): boolean {
    return this.disabledAt !== undefined && now - this.disabledAt > this.forgetAfterMs;
  }

  append(change: ItemChange): void {
    const hash = partitionHash(change.keys[this.hashKey]);
    let low = 0;
    let high = this.open.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.open[middle] as Shard).lowHash <= hash) low = middle;
      else high = middle - 1;
    }
    this.open[low]?.append(change);
  }

  disable(at: number): void {
    this.disabledAt = at;
    for (const shard of this.open) shard.close(at);
    this.open = [];
    this.nextRolloverAt = Infinity;
  }

  /** Closes every open shard and continues each with one child. */
  rollover(at: number): void {
    for (const shard of [...this.open]) this.replace(shard, at, [shard.lowHash, shard.highHash]);
    this.settle();
  }

  /** Closes one open shard, by default a random one, and continues it with two. @throws RangeError */
  split(at: number, shardId?: string): void {
    const candidates = this.open.filter((each) => each.highHash - each.lowHash > 1);
    const shard = shardId ? candidates.find((each) => each.id === shardId) : this.random.pick(candidates);
    if (!shard) throw new RangeError(`${shardId} is not an open shard that can be split.`);
    const middle = Math.floor((shard.lowHash + shard.highHash) / 2);
    this.replace(shard, at, [shard.lowHash, middle, shard.highHash]);
    this.settle();
  }

  /** Runs what was due until `now`: rollovers, each at its own time, and trimming. */
  advance(now: number): void {
    while (this.nextRolloverAt <= now) {
      const due = this.nextRolloverAt;
      for (const shard of this.open.filter((each) => each.rolloverAt <= due)) {
        this.replace(shard, due, [shard.lowHash, shard.highHash]);
      }
      this.settle();
    }
    if (now < this.nextSweepAt) return;
    this.nextSweepAt = now + SWEEP_MS;
    for (const shard of this.shards) shard.trim(now);
    const kept = this.shards.filter((shard) => !shard.isGone(now));
    if (kept.length === this.shards.length) return;
    for (const shard of this.shards) if (shard.isGone(now)) this.byId.delete(shard.id);
    this.shards = kept;
  }

  shard(id: string, now: number): Shard | undefined {
    const shard = this.byId.get(id);
    if (!shard || shard.isGone(now)) return undefined;
    shard.trim(now);
    return shard;
  }

  /** The listed shards after an id, at most `limit`, and whether the page is full. */
  list(
    now: number,
    limit: number,
    after?: string,
    childrenOf?: string,
  ): { shards: ShardDescription[]; isFull: boolean } {
    const page: ShardDescription[] = [];
    if (this.status(now) === 'ENABLING') return { shards: page, isFull: false };
    for (const shard of this.shards) {
      if (after !== undefined && shard.id <= after) continue;
      if (childrenOf !== undefined && shard.parentId !== childrenOf) continue;
      if (!shard.isListed(now)) continue;
      page.push(shard.describe(now));
      if (page.length === limit) return { shards: page, isFull: true };
    }
    return { shards: page, isFull: false };
  }

  /** Ids of the open shards, by hash range. */
  openShardIds(): string[] {
    return this.open.map((shard) => shard.id);
  }

  private replace(shard: Shard, at: number, bounds: readonly number[]): void {
    shard.close(at);
    this.open.splice(this.open.indexOf(shard), 1);
    for (let i = 1; i < bounds.length; i++)
      this.openShard(bounds[i - 1] ?? 0, bounds[i] ?? HASH_SPACE, at, shard);
  }

  private openShard(low: number, high: number, at: number, parent?: Shard): void {
    let id: string;
    do id = `shardId-${String(at).padStart(20, '0')}-${this.random.hex(8)}`;
    while (this.byId.has(id));
    const shard = new Shard(this.around, id, low, high, at, parent);
    this.byId.set(id, shard);
    this.shards.push(shard);
    this.open.push(shard);
  }

  /** Sorts both lists again after shards were opened. */
  private settle(): void {
    this.shards.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.open.sort((a, b) => a.lowHash - b.lowHash);
    this.nextRolloverAt = Math.min(...this.open.map((shard) => shard.rolloverAt));
  }
}
