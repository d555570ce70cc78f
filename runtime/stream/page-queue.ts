import type { Reservation } from './page-memory';
import type { ChildAnswer, Listing, ShardPage } from './shard-graph';

export type Arrival = ShardPage | Listing | ChildAnswer;

interface Entry {
  arrival: Arrival;
  readonly reservation: Reservation | undefined;
}

/**
 * Arrivals that were read and not taken yet, in order. The memory of taken pages is released once they are applied, which is when the
 * next ones are taken. Consecutive pages without records of one shard are merged, and so are answers about the children of
 * one shard: neither fills the queue.
 */
export class PageQueue {
  private entries: Entry[] = [];
  private beingApplied: readonly Reservation[] = [];
  private listings = 0;
  private news = false;
  private readonly newest = new Map<string, Entry>();
  private readonly childrenOf = new Map<string, Entry>();

  constructor(
    /** Called when something urgent can be taken. Pages of idle shards are not urgent. */
    private readonly onNews: () => void,
    /** Called with the reservations of applied pages. */
    private readonly onApplied: (reservations: readonly Reservation[]) => void,
  ) {}

  /** Whether something urgent is queued. */
  get hasNews(): boolean {
    return this.news;
  }

  get holdsListing(): boolean {
    return this.listings > 0;
  }

  push(page: ShardPage, reservation?: Reservation): void {
    const before = this.newest.get(page.shardId);
    if (before && isIdle(before.arrival) && isIdle(page)) {
      before.arrival = page;
      return;
    }
    const entry = { arrival: page, reservation };
    this.entries.push(entry);
    this.newest.set(page.shardId, entry);
    if (!isIdle(page)) this.announce();
  }

  pushListing(listing: Listing): void {
    this.entries.push({ arrival: listing, reservation: undefined });
    this.listings += 1;
    this.announce();
  }

  pushChildren(answer: ChildAnswer): void {
    const before = this.childrenOf.get(answer.parentId);
    if (before) {
      before.arrival = answer;
      return;
    }
    const entry = { arrival: answer, reservation: undefined };
    this.entries.push(entry);
    this.childrenOf.set(answer.parentId, entry);
    this.announce();
  }

  /** Reports that the arrivals taken before have been applied. */
  applied(): void {
    const reservations = this.beingApplied;
    this.beingApplied = [];
    if (reservations.length > 0) this.onApplied(reservations);
  }

  /** Takes the oldest arrivals, up to `maxBytes` in total, but at least one if there is any. */
  take(maxBytes: number): readonly Arrival[] {
    let bytes = 0;
    let count = 0;
    for (const { arrival } of this.entries) {
      const size = arrival.kind === 'page' ? arrival.bytes : 0;
      if (count > 0 && bytes + size > maxBytes) break;
      bytes += size;
      count += 1;
    }
    const taken = this.entries.splice(0, count);
    for (const entry of taken) this.forget(entry);
    this.beingApplied = taken.flatMap(({ reservation }) => reservation ?? []);
    this.news = this.entries.some(({ arrival }) => !isIdle(arrival));
    return taken.map(({ arrival }) => arrival);
  }

  private forget(entry: Entry): void {
    const { arrival } = entry;
    if (arrival.kind === 'listing') this.listings -= 1;
    else if (arrival.kind === 'children') this.childrenOf.delete(arrival.parentId);
    else if (this.newest.get(arrival.shardId) === entry) this.newest.delete(arrival.shardId);
  }

  private announce(): void {
    this.news = true;
    this.onNews();
  }
}

/** A page without records, of a shard that continues. */
function isIdle(arrival: Arrival): boolean {
  return arrival.kind === 'page' && arrival.records.length === 0 && !arrival.ended;
}
