import type { AttributeValue, Item, KeyAttribute, KeySchema } from './attribute-value';
import type { ColumnType } from './column';
import { BINARY, LEAST_NUMBER, TEXT } from './column-type';
import { quoteAscii, valueJson } from './dynamodb-json';
import { readItem } from './item-reader';
import { MalformedItem } from './malformed';

export function keyAttributes(schema: KeySchema): readonly KeyAttribute[] {
  return schema.sort === undefined ? [schema.partition] : [schema.partition, schema.sort];
}

/** The narrowest column type of a key attribute. A number key may gain digits, but no key changes its kind. */
export function keyColumnType(type: KeyAttribute['type']): ColumnType {
  switch (type) {
    case 'S':
      return TEXT;
    case 'N':
      return LEAST_NUMBER;
    case 'B':
      return BINARY;
  }
}

/**
 * A key attribute's value.
 * @throws MalformedItem if it is missing or has another type: the item belongs to another table
 */
export function keyValue(item: Item, key: KeyAttribute): AttributeValue {
  const value = item.get(key.name);
  if (value === undefined) throw new MalformedItem(`it has no key attribute ${JSON.stringify(key.name)}`);
  if (key.type in value || 'unreadable' in value) return value;
  throw new MalformedItem(
    `key attribute ${JSON.stringify(key.name)} is of type ${Object.keys(value).join()}, not ${key.type}`,
  );
}

/**
 * The key of an item (or of a stream record's `keys`) in DynamoDB JSON, partition key first, ASCII only, numbers
 * canonical: equal exactly when the keys are equal to DynamoDB.
 * @throws MalformedItem as `keyValue`
 */
export function keyText(item: Item, schema: KeySchema): string {
  const members = keyAttributes(schema).map(
    (key) => `${quoteAscii(key.name)}:${valueJson(keyValue(item, key))}`,
  );
  return `{${members.join(',')}}`;
}

/** The key of a text that `keyText` returned. */
export function keyOfText(text: string, schema: KeySchema): Item {
  const item = readItem(JSON.parse(text));
  return new Map(keyAttributes(schema).map((key) => [key.name, keyValue(item, key)]));
}
