import type { AttributeValue, Item } from '../attribute-value';
import { partitionHash } from '../partition-hash';
import { ServiceError, validation } from '../service-error';
import { binaryBytes } from './item-size';
import { compareNumbers } from './number';
import type { AttributeDefinition, KeySchemaElement } from './table-view';
import { typeOf } from './value';
import { bytesAsText, compareText } from './value-order';

export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** An item's primary key in the forms the store needs. */
export interface Key {
  /** Identifies the item in its table: equal for numerically equal keys. */
  readonly id: string;
  readonly hash: string;
  /** Position of the hash key in the hash space. */
  readonly position: number;
  /** Orders items of one hash by `KeySchema.compareRange`; empty without a sort key. */
  readonly range: string;
  /** Only the key attributes. Immutable. */
  readonly attributes: Item;
}

const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

/** A key that does not match its table, or is too long. Empty key values are not InvalidKey: they fail a whole transaction. */
export class InvalidKey extends ServiceError {
  constructor(message: string) {
    super('ValidationException', message);
  }
}

/** Builds a KeySchema from key elements and attribute definitions. */
export function keySchemaOf(
  elements: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): KeySchema {
  const [hash, range] = elements.map(({ AttributeName: name }): KeyAttribute => {
    const found = definitions.find(({ AttributeName }) => AttributeName === name);
    if (!found) throw new TypeError(`The key attribute ${name} is not defined.`);
    return { name, type: found.AttributeType };
  });
  if (!hash) throw new TypeError('The key schema has no attributes.');
  return new KeySchema(hash, range);
}

/** The primary key of a table or an index. Reads keys from items and requests, and orders them. */
export class KeySchema {
  readonly attributes: readonly KeyAttribute[];

  constructor(
    readonly hash: KeyAttribute,
    readonly range: KeyAttribute | undefined,
  ) {
    this.attributes = range ? [hash, range] : [hash];
  }

  has(name: string): boolean {
    return name === this.hash.name || name === this.range?.name;
  }

  /** @throws ServiceError InvalidKey if a key attribute of the item is missing or has the wrong type */
  keyOfItem(item: Item): Key {
    for (const { name, type } of this.attributes) {
      const value = item[name];
      if (value === undefined) {
        throw new InvalidKey(
          `One or more parameter values were invalid: Missing the key ${name} in the item`,
        );
      }
      if (typeOf(value) !== type) {
        throw new InvalidKey(
          `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
        );
      }
    }
    return this.key(item);
  }

  /** @throws ServiceError InvalidKey, or `mismatch` unless `key` has exactly the key attributes */
  keyOfRequest(
    key: Item,
    mismatch: () => Error = () => new InvalidKey('The provided key element does not match the schema'),
  ): Key {
    if (Object.keys(key).length !== this.attributes.length) throw mismatch();
    for (const { name, type } of this.attributes) {
      const value = key[name];
      if (value === undefined || typeOf(value) !== type) throw mismatch();
    }
    return this.key(key);
  }

  /** A key attribute's value as text that compares like the value. */
  text(attribute: KeyAttribute, value: AttributeValue): string {
    if ('B' in value) return bytesAsText(value.B);
    if ('N' in value) return value.N;
    if ('S' in value) return value.S;
    throw validation(
      `One or more parameter values were invalid: Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(value)}`,
    );
  }

  readonly compareRange = (left: string, right: string): number => {
    if (this.range?.type === 'N') return compareNumbers(left, right);
    return compareText(left, right);
  };

  private key(item: Item): Key {
    const hash = this.checked(this.hash, item, MAX_HASH_BYTES);
    const attributes = Object.create(null) as Item;
    const position = partitionHash(item[this.hash.name]);
    attributes[this.hash.name] = item[this.hash.name] as AttributeValue;
    if (!this.range) return { id: hash, hash, position, range: '', attributes };
    const range = this.checked(this.range, item, MAX_RANGE_BYTES);
    attributes[this.range.name] = item[this.range.name] as AttributeValue;
    return { id: `${hash.length}:${hash}${range}`, hash, position, range, attributes };
  }

  private checked(attribute: KeyAttribute, item: Item, limit: number): string {
    const value = item[attribute.name] as AttributeValue;
    if (('S' in value && value.S === '') || ('B' in value && value.B === '')) {
      throw validation(
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
          `${'S' in value ? 'string' : 'binary'} value. Key: ${attribute.name}`,
      );
    }
    const bytes = 'S' in value ? Buffer.byteLength(value.S) : 'B' in value ? binaryBytes(value.B) : 0;
    if (bytes > limit) {
      throw new InvalidKey(
        attribute === this.hash
          ? `One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of${limit} bytes`
          : `One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of ${limit} bytes`,
      );
    }
    return this.text(attribute, value);
  }
}
