import type { AttributeValue, Item } from '../attribute-value';
import type { ItemChange } from './change';
import { itemSize } from './item-size';
import type { Entry } from './item-store';
import { ItemStore } from './item-store';
import type { Key } from './key-schema';
import { KeySchema } from './key-schema';
import type { TableDefinition } from './table-definition';
import type { AttributeDefinition, KeySchemaElement, TableView } from './table-view';
import { itemsEqual } from './value-equality';

/** What one partition serves (developer guide, "Partitions and data distribution"). */
const PARTITION_READ_UNITS = 3000;
const PARTITION_WRITE_UNITS = 1000;

const FIVE_YEARS_SECONDS = 5 * 365 * 86_400;

/** One table: its settings, its items, and the one place where a write becomes a change. */
export class Table implements TableView {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly keys: KeySchema;
  readonly store: ItemStore;
  private timeToLive: string | undefined;
  /** No item expires before this epoch second: spares looking at every item. */
  private earliestExpiry = Infinity;

  constructor(
    public definition: TableDefinition,
    readonly arn: string,
    readonly id: string,
    /** Epoch ms. */
    readonly createdAt: number,
    private readonly onChange: (change: ItemChange) => void,
  ) {
    this.name = definition.name;
    this.keySchema = definition.keySchema;
    this.attributeDefinitions = definition.attributeDefinitions;
    const attributes = definition.keySchema.map(({ AttributeName: name }) => ({
      name,
      type: (
        definition.attributeDefinitions.find(
          ({ AttributeName }) => AttributeName === name,
        ) as AttributeDefinition
      ).AttributeType,
    }));
    this.keys = new KeySchema(attributes[0] as KeySchema['hash'], attributes[1]);
    this.store = new ItemStore(this.keys.compareRange);
  }

  get provisionedPartitions(): number | undefined {
    const { billingMode, readCapacityUnits, writeCapacityUnits } = this.definition;
    if (billingMode !== 'PROVISIONED') return undefined;
    return Math.ceil(readCapacityUnits / PARTITION_READ_UNITS + writeCapacityUnits / PARTITION_WRITE_UNITS);
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
   * Makes `next` the item of a key (`undefined`: no item) and tells of it, unless that changes nothing.
   * @param next never changed afterwards by anyone
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

  /** Deletes the expired items in the service's name. @param now epoch ms @returns how many */
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
