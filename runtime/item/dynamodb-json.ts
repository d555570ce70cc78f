import type { AttributeValue, Item } from './attribute-value';
import { bytesText } from './document';
import { canonicalNumber, compareNumbers } from './number';
import { compareBytes, compareText } from './text-order';

/**
 * DynamoDB JSON of a whole item, for the dead-letter table: ASCII only, so that every destination can hold it. Equal
 * items have equal text. Valid numbers are canonical; invalid ones stay as received.
 */
export function deadLetterJson(item: Item): string {
  return ascii(`{${members(item)}}`);
}

/** DynamoDB JSON of a value, ASCII only. */
export function valueJson(value: AttributeValue): string {
  return ascii(json(value));
}

/** A JSON string, ASCII only. */
export function quoteAscii(text: string): string {
  return ascii(JSON.stringify(text));
}

/** Escapes everything that is not printable ASCII. For JSON text, which has such characters only in strings. */
export function ascii(jsonText: string): string {
  return jsonText.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function json(value: AttributeValue): string {
  if ('S' in value) return `{"S":${JSON.stringify(value.S)}}`;
  if ('N' in value) return `{"N":${number(value.N)}}`;
  if ('B' in value) return `{"B":${bytesText(value.B)}}`;
  if ('BOOL' in value) return `{"BOOL":${value.BOOL}}`;
  if ('NULL' in value) return '{"NULL":true}';
  if ('M' in value) return `{"M":{${members(value.M)}}}`;
  if ('L' in value) return `{"L":[${value.L.map(json).join(',')}]}`;
  if ('SS' in value) {
    return `{"SS":[${[...value.SS]
      .sort(compareText)
      .map((s) => JSON.stringify(s))
      .join(',')}]}`;
  }
  if ('NS' in value) return `{"NS":[${[...value.NS].sort(compareNumberTexts).map(number).join(',')}]}`;
  if ('BS' in value) return `{"BS":[${[...value.BS].sort(compareBytes).map(bytesText).join(',')}]}`;
  return value.unreadable;
}

function members(map: Item): string {
  return [...map]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => `${JSON.stringify(name)}:${json(value)}`)
    .join(',');
}

function number(text: string): string {
  return JSON.stringify(canonicalNumber(text) ?? text);
}

/** Orders numbers by value, and invalid ones after them. */
function compareNumberTexts(a: string, b: string): number {
  const x = canonicalNumber(a);
  const y = canonicalNumber(b);
  if (x !== undefined && y !== undefined) return compareNumbers(x, y);
  if (x === undefined && y === undefined) return compareText(a, b);
  return x === undefined ? 1 : -1;
}
