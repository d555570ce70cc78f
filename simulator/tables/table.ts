import type { AttributeValue, Item } from '../attribute-value';
import { validation } from '../service-error';
import type { ItemChange } from './change';
import type { IndexDefinition } from './index-definition';
import { itemSize } from './item-size';
import type { Entry } from './item-store';
import { ItemStore } from './item-store';
import type { Key } from './key-schema';
import type { KeySchema } from './key-schema';
import { keySchemaOf } from './key-schema';
import { SecondaryIndex } from './secondary-index';
import type { TableDefinition } from './table-definition';
import type { AttributeDefinition, KeySchemaElement, TableView } from './table-view';
import { itemsEqual } from './value-equality';

/** Capacity of one partition (developer guide, "Partitions and data distribution"). */
const PARTITION_READ_UNITS = 3000;
const PARTITION_WRITE_UNITS = 1000;

const FIVE_YEARS_SECONDS = 5 * 365 * 86_400;

/** One table: its settings, its items, and the only place where a write becomes a change. */
export class Table implements TableView {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly keys: KeySchema;
  readonly store: ItemStore;
  /** Tag values by key. */
  tags: ReadonlyMap<string, string> = new Map();
  readUnits = 0;
  private indexes: readonly SecondaryIndex[] = [];
  private timeToLive: string | undefined;
  /** No item expires before this epoch second. Saves checking every item. */
  private earliestExpiry = Infinity;

  constructor(
    private current: TableDefinition,
    readonly arn: string,
    readonly id: string,
    /** Epoch ms. */
    readonly createdAt: number,
    private readonly onChange: (change: ItemChange) => void,
  ) {
    this.name = current.name;
    this.keySchema = current.keySchema;
    this.keys = keySchemaOf(current.keySchema, current.attributeDefinitions);
    this.store = new ItemStore(this.keys.compareRange);
    this.definition = current;
  }

  get definition(): TableDefinition {
    return this.current;
  }

  /** New indexes are filled. As on AWS, items whose values cannot be their key are left out. */
  set definition(definition: TableDefinition) {
    this.current = definition;
    this.indexes = definition.indexes.map((wanted) => {
      const kept = this.indexes.find(({ definition: { name } }) => name === wanted.name);
      return kept?.with(wanted) ?? this.filled(wanted);
    });
  }

  get attributeDefinitions(): readonly AttributeDefinition[] {
    return this.current.attributeDefinitions;
  }

  /** @throws ServiceError ValidationException if there is no index with this name */
  index(name: string): SecondaryIndex {
    const index = this.indexes.find(({ definition }) => definition.name === name);
    if (index) return index;
    throw validation(`The table does not have the specified index: ${name}`);
  }

  get hasLocalIndexes(): boolean {
    return this.indexes.some(({ isGlobal }) => !isGlobal);
  }

  /** @throws ServiceError ValidationException for an item with a value that cannot be the key of an index */
  checkIndexKeys(item: Item): void {
    for (const index of this.indexes) index.check(item);
  }

  /** The indexes that a write changes, each with the size of the larger image there in bytes. */
  *indexWrites(old: Item | undefined, next: Item | undefined): Generator<[SecondaryIndex, number]> {
    for (const index of this.indexes) {
      const bytes = index.writtenBytes(old, next);
      if (bytes > 0) yield [index, bytes];
    }
  }

  private filled(definition: IndexDefinition): SecondaryIndex {
    const index = new SecondaryIndex(definition, this.attributeDefinitions, this.keys);
    for (const { key, image } of this.store.all()) index.fill(key, image);
    return index;
  }

  get provisionedPartitions(): number | undefined {
    const { throughput } = this.current;
    return (
      throughput &&
      Math.ceil(throughput.read / PARTITION_READ_UNITS + throughput.write / PARTITION_WRITE_UNITS)
    );
  }

  get itemCount(): number {
    return this.store.count;
  }

  get sizeBytes(): number {
    return this.store.bytes;
  }

  get(key: Key): Entry | undefined {
    return this.store.get(key.id);
  }

  /**
   * Stores `next` as the item of a key (undefined: deletes it) and reports the change, unless nothing changes.
   * @param next must not be changed afterwards
   */
  commit(key: Key, next: Item | undefined, at: number, byTimeToLive = false): void {
    const entry = this.store.get(key.id);
    const old = entry?.image;
    if (next === undefined) {
      if (!old) return;
      this.store.delete(key.id);
    } else {
      if (old && itemsEqual(old, next)) return;
      this.store.put(key, next, itemSize(next));
      this.earliestExpiry = Math.min(this.earliestExpiry, this.expirySecond(next) ?? Infinity);
    }
    for (const index of this.indexes) index.update(entry?.key ?? key, next);
    this.onChange({
      tableName: this.name,
      tableId: this.id,
      keys: entry?.key.attributes ?? key.attributes,
      ...(old ? { oldImage: old } : {}),
      ...(next ? { newImage: next } : {}),
      at,
      ...(byTimeToLive ? { byTimeToLive: true } : {}),
    });
  }

  get timeToLiveAttribute(): string | undefined {
    return this.timeToLive;
  }

  set timeToLiveAttribute(name: string | undefined) {
    this.timeToLive = name;
    this.earliestExpiry = name === undefined ? Infinity : -Infinity;
  }

  /** Deletes expired items with the service's identity. @param now epoch ms @returns how many */
  expire(now: number): number {
    const nowSeconds = now / 1000;
    if (this.earliestExpiry >= nowSeconds) return 0;
    let earliest = Infinity;
    const expired: Entry[] = [];
    for (const entry of this.store.all()) {
      const second = this.expirySecond(entry.image);
      if (second === undefined || second <= nowSeconds - FIVE_YEARS_SECONDS) continue;
      if (second < nowSeconds) expired.push(entry);
      else earliest = Math.min(earliest, second);
    }
    this.earliestExpiry = earliest;
    for (const entry of expired) this.commit(entry.key, undefined, now, true);
    return expired.length;
  }

  private expirySecond(item: Item): number | undefined {
    if (this.timeToLive === undefined) return undefined;
    const value: AttributeValue | undefined = item[this.timeToLive];
    return value && 'N' in value ? Number(value.N) : undefined;
  }
}
