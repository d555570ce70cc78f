import type { Item } from '../attribute-value';
import { partitionHash, partitionKeyName } from '../partition-hash';
import type { ItemChange } from '../tables/change';
import type { KeySchemaElement } from '../tables/table-view';

interface Version {
  readonly at: number;
  /** Absent: from then on the item did not exist. */
  readonly image: Item | undefined;
}

interface ItemHistory {
  readonly hash: number;
  readonly keys: Item;
  /** Oldest first. */
  versions: Version[];
}

/** An item as it was at some time. */
export interface ItemState {
  /** Position in the hash space. */
  readonly hash: number;
  readonly image: Item;
}

/** What the writes of a window made of an item. */
export interface NetChange {
  readonly hash: number;
  readonly keys: Item;
  /** Time of the last write, in epoch microseconds. */
  readonly micros: number;
  /** Absent: the item did not exist before the window. */
  readonly oldImage: Item | undefined;
  /** Absent: the item does not exist at its end. */
  readonly newImage: Item | undefined;
}

/** A window of an item's history, in epoch ms. */
export interface Window {
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Every state of every item of a table, as far back as an export may reach. */
export class TableHistory {
  private readonly items = new Map<string, ItemHistory>();
  private readonly holds = new Set<{ from: number }>();
  private readonly hashKey: string;

  constructor(private readonly keySchema: readonly KeySchemaElement[]) {
    this.hashKey = partitionKeyName(keySchema);
  }

  /** @param horizon epoch ms; states that ended before it may be dropped */
  append(change: ItemChange, horizon: number): void {
    const text = this.keyText(change.keys);
    let item = this.items.get(text);
    if (!item) {
      item = { hash: partitionHash(change.keys[this.hashKey]), keys: change.keys, versions: [] };
      this.items.set(text, item);
    }
    item.versions.push({ at: change.at, image: change.newImage });
    forget(item, Math.min(horizon, this.held()));
  }

  /** Drops states that ended before the horizon, and items deleted before it. */
  prune(horizon: number): void {
    const from = Math.min(horizon, this.held());
    for (const [text, item] of this.items) {
      forget(item, from);
      const [first] = item.versions;
      if (item.versions.length === 1 && first && !first.image && first.at <= from) this.items.delete(text);
    }
  }

  /** Keeps all states since a time until the returned function is called. */
  hold(from: number): () => void {
    const hold = { from };
    this.holds.add(hold);
    return () => this.holds.delete(hold);
  }

  /** The items as they were, each at its own cut. */
  *snapshot(cut: () => number): Generator<ItemState> {
    for (const { hash, versions } of this.items.values()) {
      const image = versions[lastUntil(versions, cut())]?.image;
      if (image) yield { hash, image };
    }
  }

  /**
   * What changed in a window, each item in its own. An item that was inserted and deleted within it does not appear.
   * @param windowOf the window of an item, given a text that identifies it
   */
  *changes(windowOf: (item: string) => Window): Generator<NetChange> {
    for (const [text, { hash, keys, versions }] of this.items) {
      const { from, to } = windowOf(text);
      // Times are whole milliseconds, so before an instant means until the millisecond before it.
      const before = lastUntil(versions, from - 1);
      const last = lastUntil(versions, to - 1);
      if (last === before) continue;
      const [oldImage, newImage] = [versions[before]?.image, versions[last]?.image];
      if (oldImage || newImage) yield { hash, keys, micros: microsOf(versions, last), oldImage, newImage };
    }
  }

  /** Equal for two keys exactly if they identify the same item. */
  private keyText(keys: Item): string {
    let text = '';
    for (const { AttributeName } of this.keySchema) {
      const content = String(Object.values(keys[AttributeName] ?? {})[0]);
      text += `${content.length}:${content}`;
    }
    return text;
  }

  private held(): number {
    let least = Infinity;
    for (const { from } of this.holds) least = Math.min(least, from);
    return least;
  }
}

/** Index of the last version written at a time or before it, in epoch ms; -1 if there is none. */
function lastUntil(versions: readonly Version[], time: number): number {
  let at = versions.length - 1;
  while (at >= 0 && (versions[at] as Version).at > time) at--;
  return at;
}

/** Writes of the same millisecond are a microsecond apart. */
function microsOf(versions: readonly Version[], index: number): number {
  const { at } = versions[index] as Version;
  let micros = 0;
  while (versions[index - micros - 1]?.at === at) micros++;
  return at * 1000 + micros;
}

function forget(item: ItemHistory, horizon: number): void {
  let over = 0;
  while (over + 1 < item.versions.length && (item.versions[over + 1] as Version).at <= horizon) over++;
  if (over > 0) item.versions = item.versions.slice(over);
}
