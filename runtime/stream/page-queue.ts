import type { Listing, ShardPage } from './shard-graph';

export type Arrival = ShardPage | Listing;

/** Room in the queue for a page that is being read. */
export interface Room {
  /** Puts the page in, which may be larger or smaller than the room, and gives the room up. */
  fill(page: ShardPage): void;
  /** Gives the room up unused. May be called again, or after `fill`. */
  leave(): void;
}

interface Entry {
  arrival: Arrival;
}

interface Waiter {
  readonly bytes: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * What has been read and not taken yet, in order, bounded in bytes: room is taken before a page is read, so that the
 * memory is spoken for. Pages without records of one shard in a row are kept as one: idle shards do not fill it.
 */
export class PageQueue {
  private entries: Entry[] = [];
  private queuedBytes = 0;
  private roomBytes = 0;
  private waiters: Waiter[] = [];
  private listings = 0;
  private news = false;
  private readonly newest = new Map<string, Entry>();
  private closedWith: { readonly reason: unknown } | undefined;

  constructor(
    private readonly capacityBytes: number,
    /** Called when there is something to take that cannot wait; idle shards can. */
    private readonly onNews: () => void,
  ) {}

  /** Something is queued that cannot wait. */
  get hasNews(): boolean {
    return this.news;
  }

  get holdsListing(): boolean {
    return this.listings > 0;
  }

  /** Bytes queued or about to be. */
  get bytes(): number {
    return this.queuedBytes + this.roomBytes;
  }

  /** Waits for room, first come first served. A page larger than the whole queue gets in when it is empty. */
  async room(bytes: number): Promise<Room> {
    if (this.closedWith) throw this.closedWith.reason;
    if (this.waiters.length === 0 && this.fits(bytes)) this.roomBytes += bytes;
    else await new Promise<void>((resolve, reject) => this.waiters.push({ bytes, resolve, reject }));
    let held = bytes;
    const leave = () => {
      this.roomBytes -= held;
      held = 0;
      this.admit();
    };
    const fill = (page: ShardPage) => {
      this.pushPage(page);
      leave();
    };
    return { fill, leave };
  }

  pushListing(listing: Listing): void {
    this.entries.push({ arrival: listing });
    this.listings += 1;
    this.announce();
  }

  /** The oldest arrivals, at least one if there is any, of at most `maxBytes` together. */
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
    for (const entry of taken) {
      if (entry.arrival.kind === 'listing') this.listings -= 1;
      else if (this.newest.get(entry.arrival.shardId) === entry) this.newest.delete(entry.arrival.shardId);
    }
    this.queuedBytes -= bytes;
    this.news = this.entries.some(({ arrival }) => !isIdle(arrival));
    this.admit();
    return taken.map(({ arrival }) => arrival);
  }

  /** Turns away everyone who waits for room or asks for it. */
  close(reason: unknown): void {
    this.closedWith = { reason };
    for (const waiter of this.waiters.splice(0)) waiter.reject(reason);
  }

  private pushPage(page: ShardPage): void {
    const before = this.newest.get(page.shardId);
    if (before && isIdle(before.arrival) && isIdle(page)) {
      before.arrival = page;
      return;
    }
    const entry = { arrival: page };
    this.entries.push(entry);
    this.newest.set(page.shardId, entry);
    this.queuedBytes += page.bytes;
    if (!isIdle(page)) this.announce();
  }

  private announce(): void {
    this.news = true;
    this.onNews();
  }

  private fits(bytes: number): boolean {
    return this.bytes === 0 || this.bytes + bytes <= this.capacityBytes;
  }

  private admit(): void {
    for (let next = this.waiters[0]; next && this.fits(next.bytes); next = this.waiters[0]) {
      this.waiters.shift();
      this.roomBytes += next.bytes;
      next.resolve();
    }
  }
}

/** Says only that there was nothing to read. */
function isIdle(arrival: Arrival): boolean {
  return arrival.kind === 'page' && arrival.records.length === 0 && !arrival.ended;
}
