import type { AttributeValue, Item } from './attribute-value';

/**
 * Sizes in V8, in bytes (64 bits, without pointer compression). Source: V8's object layouts; compared with the heap by
 * tests/runtime/item/item-memory.spec.ts.
 */
const POINTER = 8;
/** `{ S: … }` */
const VALUE = 32;
const STRING = 16;
const ARRAY = 48;
/** An empty map, and each entry of its capacity: 4, 8, 16, … */
const MAP = 72;
const MAP_ENTRY = 28;
const LEAST_ENTRIES = 4;
/** A view of bytes, in its own or in a shared buffer. */
const BYTES = 120;
/** V8 keeps texts up to this length only once, however often they occur. */
const SHARED_LENGTH = 10;
/** So each counts as half of its size. */
const SHARED_TEXT = 16;

/** Bytes of an item in memory: for small values, the objects around them are far larger than the values. */
export function itemBytes(item: Item): number {
  let bytes = mapBytes(item.size);
  // Without names: V8 keeps them once, and most items have the same ones.
  for (const value of item.values()) bytes += valueBytes(value);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if ('S' in value) return VALUE + textBytes(value.S);
  if ('N' in value) return VALUE + textBytes(value.N);
  if ('M' in value) return VALUE + itemBytes(value.M);
  if ('L' in value) return VALUE + sum(value.L, valueBytes);
  if ('BOOL' in value || 'NULL' in value) return VALUE;
  if ('B' in value) return VALUE + binaryBytes(value.B);
  if ('SS' in value) return VALUE + sum(value.SS, textBytes);
  if ('NS' in value) return VALUE + sum(value.NS, textBytes);
  if ('BS' in value) return VALUE + sum(value.BS, binaryBytes);
  return VALUE + textBytes(value.unreadable);
}

function sum<Element>(elements: readonly Element[], bytesOf: (element: Element) => number): number {
  let bytes = ARRAY + POINTER * elements.length;
  for (const element of elements) bytes += bytesOf(element);
  return bytes;
}

function mapBytes(size: number): number {
  let entries = LEAST_ENTRIES;
  while (entries < size) entries *= 2;
  return MAP + MAP_ENTRY * entries;
}

function textBytes(text: string): number {
  if (text.length <= SHARED_LENGTH) return SHARED_TEXT;
  // eslint-disable-next-line no-control-regex
  const perCharacter = /[^\u0000-\u00ff]/.test(text) ? 2 : 1;
  return STRING + Math.ceil((text.length * perCharacter) / POINTER) * POINTER;
}

function binaryBytes(bytes: Uint8Array): number {
  return BYTES + bytes.byteLength;
}
