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
  /** Oldest first. */
  versions: Version[];
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
      item = { hash: partitionHash(change.keys[this.hashKey]), versions: [] };
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
  *snapshot(cut: () => number): Generator<{ hash: number; image: Item }> {
    for (const { hash, versions } of this.items.values()) {
      const until = cut();
      let at = versions.length - 1;
      while (at >= 0 && (versions[at] as Version).at > until) at--;
      const image = versions[at]?.image;
      if (image) yield { hash, image };
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

function forget(item: ItemHistory, horizon: number): void {
  let over = 0;
  while (over + 1 < item.versions.length && (item.versions[over + 1] as Version).at <= horizon) over++;
  if (over > 0) item.versions = item.versions.slice(over);
}
