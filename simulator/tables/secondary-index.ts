import type { AttributeValue, Item } from '../attribute-value';
import { ServiceError, validation } from '../service-error';
import type { IndexDefinition } from './index-definition';
import { itemSize } from './item-size';
import { ItemStore } from './item-store';
import type { Key } from './key-schema';
import { keySchemaOf } from './key-schema';
import type { KeySchema } from './key-schema';
import type { AttributeDefinition } from './table-view';
import { typeOf } from './value';
import { itemsEqual } from './value-equality';

/** A secondary index: the items that have its key, in key order. */
export class SecondaryIndex {
  readonly keys: KeySchema;
  readonly store: ItemStore;
  private readonly projected: ReadonlySet<string> | undefined;

  constructor(
    private current: IndexDefinition,
    attributeDefinitions: readonly AttributeDefinition[],
    private readonly tableKeys: KeySchema,
  ) {
    this.keys = keySchemaOf(current.keySchema, attributeDefinitions);
    this.store = new ItemStore(this.keys.compareRange);
    const { ProjectionType, NonKeyAttributes = [] } = current.projection;
    const names = [...this.keys.attributes, ...tableKeys.attributes].map(({ name }) => name);
    this.projected = ProjectionType === 'ALL' ? undefined : new Set([...names, ...NonKeyAttributes]);
  }

  get definition(): IndexDefinition {
    return this.current;
  }

  /** Changes the definition, such as the throughput. @returns this index */
  with(definition: IndexDefinition): this {
    this.current = definition;
    return this;
  }

  get isGlobal(): boolean {
    return this.definition.kind === 'global';
  }

  /** Whether a read of the index can show this attribute. */
  projects(name: string): boolean {
    return this.projected?.has(name) ?? true;
  }

  /** The part of an item that the index contains. */
  view(item: Item): Item {
    if (!this.projected) return item;
    const view = Object.create(null) as Item;
    for (const name of Object.keys(item))
      if (this.projected.has(name)) view[name] = item[name] as AttributeValue;
    return view;
  }

  /** @throws ServiceError ValidationException for an item with a value that cannot be this index's key */
  check(item: Item): void {
    const { name: index } = this.definition;
    for (const { name, type } of this.keys.attributes) {
      const value = item[name];
      if (value === undefined || this.tableKeys.has(name)) continue;
      if (typeOf(value) !== type) {
        throw validation(
          `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index}`,
        );
      }
      if (('S' in value && value.S === '') || ('B' in value && value.B === '')) {
        throw validation(
          'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
            `The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. ` +
            `IndexName: ${index}, IndexKey: ${name}`,
        );
      }
    }
    this.keyOf(item);
  }

  /** Adds an item that is older than the index, unless its values cannot be the index's key. */
  fill(tableKey: Key, item: Item): void {
    try {
      this.check(item);
    } catch (error) {
      if (error instanceof ServiceError) return;
      throw error;
    }
    this.update(tableKey, item);
  }

  /** Updates the index after a write. `next`: the new image; undefined after a delete. */
  update(tableKey: Key, next: Item | undefined): void {
    const old = this.store.get(tableKey.id);
    const key = next && this.keyOf(next);
    const isElsewhere = old && (!key || key.hash !== old.key.hash || key.range !== old.key.range);
    if (isElsewhere) this.store.delete(tableKey.id);
    if (key && next) this.store.put(this.within(key, tableKey), next, itemSize(this.view(next)));
  }

  /** Size in bytes of a write's larger image in this index; 0 if the write does not change the index. */
  writtenBytes(old: Item | undefined, next: Item | undefined): number {
    const held = [old, next].map((item) => (item && this.keyOf(item) ? this.view(item) : undefined));
    const [before, after] = held;
    if (before && after ? itemsEqual(before, after) : before === after) return 0;
    return Math.max(...held.map((item) => (item ? itemSize(item) : 0)));
  }

  /** The index position that a key in a request names. @throws ServiceError, or `mismatch` */
  keyOfRequest(given: Item, mismatch: () => Error): Key {
    const part = (keys: KeySchema): Item => {
      const key = Object.create(null) as Item;
      for (const { name } of keys.attributes) if (given[name]) key[name] = given[name];
      return key;
    };
    const names = new Set([...this.keys.attributes, ...this.tableKeys.attributes].map(({ name }) => name));
    if (Object.keys(given).length !== names.size) throw mismatch();
    return this.within(
      this.keys.keyOfRequest(part(this.keys), mismatch),
      this.tableKeys.keyOfRequest(part(this.tableKeys), mismatch),
    );
  }

  private keyOf(item: Item): Key | undefined {
    if (this.keys.attributes.some(({ name }) => item[name] === undefined)) return undefined;
    return this.keys.keyOfItem(item);
  }

  private within(key: Key, tableKey: Key): Key {
    const attributes = Object.assign(Object.create(null) as Item, key.attributes, tableKey.attributes);
    return { ...key, id: tableKey.id, attributes };
  }
}
