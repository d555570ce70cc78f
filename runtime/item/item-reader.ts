import type { AttributeValue, Item } from './attribute-value';
import { fromBase64 } from './base64';
import { ascii } from './dynamodb-json';
import { isObject, membersOfValue } from './json-members';
import { MalformedItem } from './malformed';

/**
 * Reads an item from parsed DynamoDB JSON: an export's line or the SDK's answer. B values may be base64 text or bytes. A value
 * that cannot be read stays in the item as `unreadable`, so that only this item becomes a dead letter.
 * @throws MalformedItem if it is not an object
 */
export function readItem(value: unknown): Item {
  return new ItemReader().item(value);
}

/**
 * Reads one item and counts the members of all its objects, to find out whether JSON.parse dropped some.
 */
export class ItemReader {
  members = 0;

  item(value: unknown): Item {
    if (!isObject(value)) throw new MalformedItem('the item is not a JSON object');
    return this.map(value);
  }

  private map(object: Record<string, unknown>): Map<string, AttributeValue> {
    const map = new Map<string, AttributeValue>();
    for (const name in object) {
      this.members++;
      map.set(name, this.value(object[name]));
    }
    return map;
  }

  private value(value: unknown): AttributeValue {
    const tag = isObject(value) ? onlyMember(value) : undefined;
    const known = tag === undefined ? undefined : this.known(tag, (value as Record<string, unknown>)[tag]);
    if (known !== undefined) return known;
    this.members += membersOfValue(value);
    return { unreadable: ascii(JSON.stringify(value) ?? 'null') };
  }

  /** The value with this type tag; `undefined` if the content does not match the tag. Counts members only if it succeeds. */
  private known(tag: string, content: unknown): AttributeValue | undefined {
    const before = this.members;
    this.members++;
    const value = this.content(tag, content);
    if (value === undefined) this.members = before;
    return value;
  }

  private content(tag: string, content: unknown): AttributeValue | undefined {
    switch (tag) {
      case 'S':
        return typeof content === 'string' ? { S: content } : undefined;
      case 'N':
        return typeof content === 'string' ? { N: content } : undefined;
      case 'BOOL':
        return typeof content === 'boolean' ? { BOOL: content } : undefined;
      case 'NULL':
        return content === true ? { NULL: true } : undefined;
      case 'M':
        return isObject(content) ? { M: this.map(content) } : undefined;
      case 'L':
        return Array.isArray(content) ? { L: content.map((element) => this.value(element)) } : undefined;
      case 'B': {
        const bytes = bytesOf(content);
        return bytes && { B: bytes };
      }
      case 'SS':
        return isArrayOfText(content) ? { SS: content } : undefined;
      case 'NS':
        return isArrayOfText(content) ? { NS: content } : undefined;
      case 'BS': {
        if (!Array.isArray(content)) return undefined;
        const set = content.map(bytesOf).filter((bytes) => bytes !== undefined);
        return set.length === content.length ? { BS: set } : undefined;
      }
      default:
        return undefined;
    }
  }
}

function onlyMember(object: Record<string, unknown>): string | undefined {
  let only: string | undefined;
  for (const name in object) {
    if (only !== undefined) return undefined;
    only = name;
  }
  return only;
}

function isArrayOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function bytesOf(content: unknown): Uint8Array | undefined {
  if (typeof content === 'string') return fromBase64(content);
  return content instanceof Uint8Array ? content : undefined;
}
