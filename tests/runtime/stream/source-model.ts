import type { ListedShard, StreamRecord } from '../../../runtime/aws/services';
import type { Listing } from '../../../runtime/stream/shard-graph';
import { HOUR, record, SECOND } from './arrivals';

/** One write to the table: key `key`, the `index`-th of all writes. */
export interface Write {
  readonly index: number;
  readonly key: number;
  readonly at: number;
  readonly shard: string;
  readonly sequenceNumber: string;
  /** From this time on GetRecords shows it. */
  readonly readableAt: number;
}

interface SourceShard {
  readonly id: string;
  readonly parentId: string | undefined;
  /** Keys from `low` (inclusive) to `high` (exclusive). */
  readonly low: number;
  readonly high: number;
  readonly depth: number;
  readonly writes: Write[];
  /** Listings do not show it before this time. */
  hiddenUntil: number;
  /** Whether a listing begun after it was last hidden has shown it: no listing misses a shard that the one before missed. */
  mayHide: boolean;
  lastMissedAt: number;
  closedAt: number;
  /** From this time on it is neither listed nor readable: 24 to 48 hours after its closing. */
  leavesAt: number;
  /** From this time on listings show it closed. */
  closedListedAt: number;
  falseEmpties: number;
}

export const KEYS = 8;
const RETENTION_MS = 24 * HOUR;
/** Listings show shards and closings at most this late: less than the 60 s that the rules allow. */
const LISTING_LAGS = [0, 0, 500, 5 * SECOND, 30 * SECOND, 55 * SECOND];

/**
 * A table and its stream, as the rules assume that AWS behaves: splits and rollovers, listings that lag and hide shards,
 * with pages of any times, empty answers before data, trimming, shards that leave. `choose(n)` makes every choice:
 * 0 … n − 1.
 */
export class SourceModel {
  readonly shards = new Map<string, SourceShard>();
  readonly writes: Write[] = [];
  /** From now on nothing is hidden. */
  calm = false;
  private readonly trimsSilently: boolean;
  private names = 0;

  constructor(
    public now: number,
    private readonly choose: (n: number) => number,
  ) {
    this.trimsSilently = choose(2) === 0;
    const roots = 1 + choose(2);
    for (let root = 0; root < roots; root++)
      this.open(undefined, (root * KEYS) / roots, ((root + 1) * KEYS) / roots);
  }

  write(key: number): void {
    const shard = [...this.shards.values()].find(
      ({ low, high, closedAt }) => closedAt === Infinity && key >= low && key < high,
    );
    if (!shard) return;
    const previous = shard.writes.at(-1);
    const write: Write = {
      index: this.writes.length,
      key,
      at: this.now,
      shard: shard.id,
      // Each shard has its own count, which soon grows by a digit: only numbers of the same shard can be compared.
      sequenceNumber: (10n ** 21n - 3n + BigInt(shard.writes.length)).toString(),
      readableAt: Math.max(previous?.readableAt ?? 0, this.now + this.choose(1900)),
    };
    shard.writes.push(write);
    this.writes.push(write);
  }

  /** Closes an open shard. One or two children continue with its keys. */
  roll(which: number, split: boolean): void {
    const open = [...this.shards.values()].filter(({ closedAt }) => closedAt === Infinity);
    const shard = open[which % open.length];
    if (!shard) return;
    shard.closedAt = this.now;
    shard.leavesAt = this.now + RETENTION_MS + 1 + this.pick([0, HOUR, 6 * HOUR, RETENTION_MS - 1]);
    shard.closedListedAt = this.now + this.pick(LISTING_LAGS);
    const middle = (shard.low + shard.high) / 2;
    if (split && Number.isInteger(middle)) {
      this.open(shard, shard.low, middle);
      this.open(shard, middle, shard.high);
    } else this.open(shard, shard.low, shard.high);
  }

  isGone(id: string): boolean {
    const shard = this.shards.get(id);
    return shard === undefined || this.now >= shard.leavesAt;
  }

  /** At most `limit` shards of a listing after `after`; without `last` there are no more. */
  page(after: string | undefined, limit: number): { shards: ListedShard[]; last: string | undefined } {
    const shards: ListedShard[] = [];
    for (const shard of this.shards.values()) {
      if (after !== undefined && shard.id <= after) continue;
      if (shards.length === limit) return { shards, last: shards.at(-1)?.id };
      if (!this.isShown(shard)) continue;
      const { id, parentId, closedListedAt } = shard;
      shards.push({ id, parentId, closed: closedListedAt <= this.now });
    }
    return { shards, last: undefined };
  }

  /** A listing was applied: another may miss what it showed. */
  counted({ shards, startedAt }: Listing): void {
    for (const { id } of shards) {
      const shard = this.shards.get(id);
      if (shard && shard.lastMissedAt < startedAt) shard.mayHide = true;
    }
  }

  private isShown(shard: SourceShard): boolean {
    if (this.isGone(shard.id)) return false;
    if (!this.calm && shard.mayHide && this.now >= shard.hiddenUntil && this.choose(10) === 0) {
      shard.hiddenUntil = this.now + 1 + this.choose(55 * SECOND);
    }
    if (this.now >= shard.hiddenUntil) return true;
    shard.mayHide = false;
    shard.lastMissedAt = this.now;
    return false;
  }

  /**
   * The answer to a read from the `from`-th record of a shard on, or from the trim horizon. `next` is where the next read
   * continues.
   */
  read(
    id: string,
    from: number | undefined,
  ): { records: StreamRecord[]; next: number; ended: boolean } | 'trimmed' {
    const shard = this.shards.get(id);
    if (!shard) throw new Error(`${id} does not exist`);
    let next = from ?? 0;
    const first = shard.writes[next];
    if (from !== undefined && !this.trimsSilently && first && this.isTrimmed(first)) return 'trimmed';
    while (next < shard.writes.length && this.isTrimmed(shard.writes[next]!)) next += 1;
    if (shard.falseEmpties < 2 && this.choose(3) === 0) {
      shard.falseEmpties += 1;
      return { records: [], next, ended: false };
    }
    shard.falseEmpties = 0;
    const records: StreamRecord[] = [];
    for (const limit = 1 + this.choose(5); records.length < limit; next += 1) {
      const write = shard.writes[next];
      if (!write || write.readableAt > this.now) break;
      records.push(record(write.sequenceNumber, Math.floor(write.at / SECOND) * SECOND, String(write.index)));
    }
    const isDrained = next === shard.writes.length;
    return { records, next, ended: isDrained && this.now - shard.closedAt > 2 * SECOND };
  }

  private isTrimmed(write: Write): boolean {
    return this.now - write.at > RETENTION_MS;
  }

  private open(parent: SourceShard | undefined, low: number, high: number): void {
    const id = `shard${String(this.names++).padStart(4, '0')}`;
    this.shards.set(id, {
      id,
      parentId: parent?.id,
      low,
      high,
      depth: parent ? parent.depth + 1 : 0,
      writes: [],
      hiddenUntil: parent ? this.now + this.pick(LISTING_LAGS) : 0,
      mayHide: true,
      lastMissedAt: -Infinity,
      closedAt: Infinity,
      leavesAt: Infinity,
      closedListedAt: Infinity,
      falseEmpties: 0,
    });
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.choose(from.length)]!;
  }
}
