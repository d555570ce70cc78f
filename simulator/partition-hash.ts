import type { AttributeValue } from './attribute-value';
import type { KeySchemaElement } from './tables/table-view';

/** The size of the hash space: partitions are ranges in [0, HASH_SPACE). */
export const HASH_SPACE = 2 ** 32;

/** Position of a partition key in the hash space. Key values are canonical, so equal keys have equal hashes. */
export function partitionHash(key: AttributeValue | undefined): number {
  const text = key === undefined ? '' : String(Object.values(key)[0]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Start of the i-th of `count` equal ranges, which is the end of the one before. */
export const rangeStart = (i: number, count: number): number => Math.floor((HASH_SPACE / count) * i);

/** The name of a table's partition key. */
export function partitionKeyName(keySchema: readonly KeySchemaElement[]): string {
  const element = keySchema.find((key) => key.KeyType === 'HASH');
  if (!element) throw new TypeError('The key schema has no HASH element.');
  return element.AttributeName;
}
