import type { Item } from '../attribute-value';
import { HASH_SPACE } from '../partition-hash';
import type { Key } from './key-schema';

/** A stored item. Its image is replaced, never changed. */
export interface Entry {
  readonly key: Key;
  image: Item;
  bytes: number;
}

const BUCKETS = 4096;
const bucketOf = (position: number): number => Math.floor(position / (HASH_SPACE / BUCKETS));

/**
 * The items of a table, by key and in scan order (by position of the hash key, then by sort key). The hash space is divided
 * into small sorted arrays, so that a write moves few neighbours.
 */
export class ItemStore {
  private readonly entries = new Map<string, Entry>();
  private readonly buckets: (Entry[] | undefined)[] = new Array<undefined>(BUCKETS);
  private total = 0;

  constructor(private readonly compareRange: (left: string, right: string) => number) {}

  get count(): number {
    return this.entries.size;
  }

  get bytes(): number {
    return this.total;
  }

  get(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  put(key: Key, image: Item, bytes: number): void {
    const old = this.entries.get(key.id);
    if (old) {
      this.total += bytes - old.bytes;
      old.image = image;
      old.bytes = bytes;
      return;
    }
    const entry = { key, image, bytes };
    this.entries.set(key.id, entry);
    this.total += bytes;
    const index = bucketOf(key.position);
    const bucket = (this.buckets[index] ??= []);
    const last = bucket.at(-1);
    if (last && this.compare(last, key) > 0) {
      bucket.splice(
        firstIndex(bucket, (other) => this.compare(other, key) > 0),
        0,
        entry,
      );
    } else {
      bucket.push(entry);
    }
  }

  delete(id: string): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.delete(id);
    this.total -= entry.bytes;
    const bucket = this.buckets[bucketOf(entry.key.position)] as Entry[];
    bucket.splice(
      firstIndex(bucket, (other) => this.compare(other, entry.key) >= 0),
      1,
    );
  }

  /** Every entry, oldest insert first. Writes are allowed while it is iterated. */
  all(): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** Entries in scan order with `from` ≤ position < `to`, after a key. Do not write while you iterate. */
  *inOrder(from: number, to: number, after?: Key): Generator<Entry> {
    const start = after ? Math.max(from, after.position) : from;
    for (let index = bucketOf(start); index < this.buckets.length; index++) {
      const bucket = this.buckets[index];
      if (!bucket) continue;
      const offset = after ? firstIndex(bucket, (entry) => this.compare(entry, after) > 0) : 0;
      for (let i = offset; i < bucket.length; i++) {
        const entry = bucket[i] as Entry;
        if (entry.key.position >= to) return;
        if (entry.key.position >= from) yield entry;
      }
    }
  }

  /**
   * Entries of one hash key in ascending or descending order of the sort key. Do not write while you iterate.
   * @param below whether a sort key comes before the wanted ones; @param above whether it comes after them
   * @param start only entries after this key, in that direction
   */
  *ofHash(
    of: Pick<Key, 'hash' | 'position'>,
    below: (range: string) => boolean,
    above: (range: string) => boolean,
    forward: boolean,
    start?: Key,
  ): Generator<Entry> {
    const bucket = this.buckets[bucketOf(of.position)] ?? [];
    const before = (entry: Entry): number =>
      entry.key.position - of.position ||
      (entry.key.hash === of.hash ? 0 : entry.key.hash < of.hash ? -1 : 1);
    const isBelow = (entry: Entry): boolean =>
      below(entry.key.range) || (forward && start !== undefined && this.compare(entry, start) <= 0);
    const isAbove = (entry: Entry): boolean =>
      above(entry.key.range) || (!forward && start !== undefined && this.compare(entry, start) >= 0);
    const first = firstIndex(
      bucket,
      (entry) => before(entry) > 0 || (before(entry) === 0 && !isBelow(entry)),
    );
    const end = firstIndex(bucket, (entry) => before(entry) > 0 || (before(entry) === 0 && isAbove(entry)));
    if (forward) for (let i = first; i < end; i++) yield bucket[i] as Entry;
    else for (let i = end - 1; i >= first; i--) yield bucket[i] as Entry;
  }

  private compare(entry: Entry, key: Key): number {
    if (entry.key.position !== key.position) return entry.key.position - key.position;
    if (entry.key.hash !== key.hash) return entry.key.hash < key.hash ? -1 : 1;
    const order = this.compareRange(entry.key.range, key.range);
    if (order !== 0 || entry.key.id === key.id) return order;
    // In an index many items may have the same key.
    return entry.key.id < key.id ? -1 : 1;
  }
}

/** Binary search: the index of the first entry that fulfils the condition, as all later ones do; the length if none does. */
function firstIndex(bucket: readonly Entry[], fulfils: (entry: Entry) => boolean): number {
  let low = 0;
  let high = bucket.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fulfils(bucket[middle] as Entry)) high = middle;
    else low = middle + 1;
  }
  return low;
}
