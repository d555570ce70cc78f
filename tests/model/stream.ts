import type { Random } from '../../simulator/random';
import { DAY, HOUR, SECOND } from './times';

/** One write to the table, the `index`-th of its key. Times are epoch ms. */
export interface Write {
  readonly id: number;
  readonly key: number;
  readonly index: number;
  readonly deletes: boolean;
  readonly at: number;
  /** The creation time in its record: the second of `at`. */
  readonly createdAt: number;
  readableAt: number;
}

export interface Listed {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly closed: boolean;
}

export interface Answer {
  readonly records: readonly Write[];
  /** Index in the shard of the record after these. */
  readonly next: number;
  readonly ended: boolean;
}

/** What all streams of a run share. */
export interface Surroundings {
  now: number;
  /** From this time on AWS hides nothing and answers at once. */
  calm: boolean;
  readonly random: Random;
  /** How long records outlive 24 hours, ms. */
  readonly lazinessMs: number;
  /** Whether a position whose next record was trimmed silently continues after it. */
  readonly trimsSilently: boolean;
  /** Whether a shard never leaves before its parent. */
  readonly leavesOldestFirst: boolean;
}

const LAGS = [0, 0, 500, 5 * SECOND, 30 * SECOND, 55 * SECOND];
const LONGEST_SPELL_MS = 55 * SECOND;

/** Keys from `low` (inclusive) to `high` (exclusive), within [0, 1). */
export interface Shard {
  readonly id: string;
  readonly parent: Shard | undefined;
  readonly low: number;
  readonly high: number;
  readonly records: Write[];
  /** Hidden from listings until this time. */
  hiddenUntil: number;
  /**
   * Whether a listing begun after it was last hidden has shown it, or a read between two listings has. Otherwise no listing misses
   * a shard that the one before missed.
   */
  mayHide: boolean;
  lastMissedAt: number;
  closedAt: number;
  /** From this time on listings show it closed. */
  closingShownAt: number;
  /** From this time on it is neither listed nor readable: 24 to 48 hours after its closing. */
  leavesAt: number;
  readonly falseEmpties: [number, number];
}

/** A stream that behaves as the rules assume of AWS. */
export class Stream {
  readonly createdAt: number;
  readonly shards = new Map<string, Shard>();
  disabledAt: number | undefined;
  /** Writes to its table since it is off: it has no records of them. */
  readonly missed: Write[] = [];
  private names = 0;

  constructor(private readonly around: Surroundings) {
    this.createdAt = around.now;
    const roots = around.random.integer(1, 4);
    for (let root = 0; root < roots; root++) this.open(undefined, root / roots, (root + 1) / roots);
  }

  openShards(): Shard[] {
    return [...this.shards.values()].filter(({ closedAt }) => closedAt === Infinity);
  }

  append(write: Write, place: number): void {
    const shard = this.openShards().find(({ low, high }) => place >= low && place < high);
    if (!shard) return;
    const { random } = this.around;
    write.readableAt = Math.max(shard.records.at(-1)?.readableAt ?? 0, write.at + random.integer(0, 1_900));
    shard.records.push(write);
  }

  roll(split: boolean): void {
    const open = this.openShards();
    if (open.length === 0) return;
    const shard = this.around.random.pick(open);
    this.close(shard);
    const middle = (shard.low + shard.high) / 2;
    if (split && open.length < 5) {
      this.open(shard, shard.low, middle);
      this.open(shard, middle, shard.high);
    } else this.open(shard, shard.low, shard.high);
  }

  disable(): void {
    if (this.disabledAt !== undefined) return;
    this.disabledAt = this.around.now;
    for (const shard of this.openShards()) this.close(shard);
  }

  /** A disabled stream exists until its last shard has left. */
  get exists(): boolean {
    return this.disabledAt === undefined || [...this.shards.values()].some((shard) => !this.hasLeft(shard));
  }

  isTrimmed(write: Write): boolean {
    return this.around.now - write.at > DAY + this.around.lazinessMs;
  }

  hasLeft({ leavesAt }: Shard): boolean {
    return this.around.now >= leavesAt;
  }

  /**
   * One page of DescribeStream; the last one has no `last`. Ordered by ids, which begin with the time of creation: a child
   * comes after its parent.
   */
  page(after: string | undefined, limit: number): { shards: Listed[]; last: string | undefined } {
    const shards: Listed[] = [];
    const ids = [...this.shards.keys()].sort().filter((id) => after === undefined || id > after);
    for (const id of ids) {
      if (shards.length === limit) return { shards, last: shards.at(-1)?.id };
      const shard = this.shards.get(id);
      if (shard && this.isShown(shard)) shards.push(this.listed(shard));
    }
    return { shards, last: undefined };
  }

  /** DescribeStream with the filter CHILD_SHARDS. */
  childrenOf(parentId: string): Listed[] {
    const children = [...this.shards.values()].filter(({ parent }) => parent?.id === parentId);
    return children.filter((shard) => this.isShown(shard)).map((shard) => this.listed(shard));
  }

  /** A listing with these shards was applied, or a read of one since the last listing: the next may miss them. */
  counted(ids: Iterable<string>, startedAt: number): void {
    for (const id of ids) {
      const shard = this.shards.get(id);
      if (shard && shard.lastMissedAt < startedAt) shard.mayHide = true;
    }
  }

  /** `from`: the index of the next record; `undefined`: the trim horizon. */
  read(id: string, from: number | undefined, limit: number, reader: 0 | 1): Answer | 'gone' | 'trimmed' {
    const shard = this.shards.get(id);
    if (!shard || this.hasLeft(shard)) return 'gone';
    const { now, random, calm, trimsSilently } = this.around;
    const { records, falseEmpties } = shard;
    let next = from ?? 0;
    const first = records.findIndex((write) => !this.isTrimmed(write));
    const horizon = first < 0 ? records.length : first;
    if (next < horizon) {
      if (from !== undefined && !trimsSilently) return 'trimmed';
      next = horizon;
    }
    if (!calm && falseEmpties[reader] < 2 && random.chance(0.3)) {
      falseEmpties[reader] += 1;
      return { records: [], next, ended: false };
    }
    falseEmpties[reader] = 0;
    const given: Write[] = [];
    for (let write = records[next]; write && given.length < limit; write = records[next]) {
      if (write.readableAt > now) break;
      given.push(write);
      next += 1;
    }
    return { records: given, next, ended: next === records.length && now - shard.closedAt > 2 * SECOND };
  }

  private isShown(shard: Shard): boolean {
    const { now, calm, random } = this.around;
    if (this.hasLeft(shard)) return false;
    if (!calm && now >= shard.hiddenUntil && shard.mayHide && random.chance(0.08)) {
      shard.hiddenUntil = now + random.integer(1, LONGEST_SPELL_MS + 1);
    }
    if (now >= shard.hiddenUntil) return true;
    shard.mayHide = false;
    shard.lastMissedAt = now;
    return false;
  }

  private listed({ id, parent, closingShownAt }: Shard): Listed {
    return { id, parentId: parent?.id, closed: this.around.now >= closingShownAt };
  }

  private open(parent: Shard | undefined, low: number, high: number): void {
    const { random, now } = this.around;
    const id = `s${String(this.names++).padStart(4, '0')}`;
    this.shards.set(id, {
      id,
      parent,
      low,
      high,
      records: [],
      hiddenUntil: parent ? now + random.pick(LAGS) : 0,
      mayHide: true,
      lastMissedAt: -Infinity,
      closedAt: Infinity,
      closingShownAt: Infinity,
      leavesAt: Infinity,
      falseEmpties: [0, 0],
    });
  }

  private close(shard: Shard): void {
    const { random, now, leavesOldestFirst } = this.around;
    shard.closedAt = now;
    shard.closingShownAt = now + random.pick(LAGS);
    const leavesAt = now + DAY + 1 + random.pick([0, HOUR, random.integer(0, DAY), DAY - 1]);
    shard.leavesAt = leavesOldestFirst ? Math.max(leavesAt, shard.parent?.leavesAt ?? 0) : leavesAt;
  }
}
