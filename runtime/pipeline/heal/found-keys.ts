import type { FoundKey } from '../../destinations/destination';
import type { AttributeValue, Item } from '../../item/attribute-value';
import type { Catalog } from '../../item/catalog';
import type { Cell } from '../../item/column';
import { readItem } from '../../item/item-reader';
import { keyAttributes, keyValue } from '../../item/item-key';

/** A key that a destination found, as DynamoDB has it. */
export function keyOf(found: FoundKey, { options: { keySchema } }: Catalog): Item {
  const attributes = keyAttributes(keySchema);
  if ('deadLetter' in found) {
    const item = readItem(JSON.parse(found.deadLetter));
    return new Map(attributes.map((attribute) => [attribute.name, keyValue(item, attribute)]));
  }
  return new Map(attributes.map(({ name, type }, i) => [name, valueOf(type, found.key[i] ?? null)]));
}

function valueOf(type: 'S' | 'N' | 'B', cell: Cell): AttributeValue {
  if (type === 'B' && cell instanceof Uint8Array) return { B: cell };
  if (type === 'S' && typeof cell === 'string') return { S: cell };
  if (type === 'N' && typeof cell === 'string') return { N: cell };
  throw new RangeError(`a key of type ${type} was found as ${cell === null ? 'NULL' : typeof cell}`);
}
