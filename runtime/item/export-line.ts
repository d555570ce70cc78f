import type { Item } from './attribute-value';
import { ItemReader } from './item-reader';
import { parseJson, requireMembers } from './json-members';
import { MalformedItem } from './malformed';

/**
 * Parses a line of a full export, `{"Item":{…}}`. Refuses an object that has the same name twice, at any depth: which value
 * was meant is unknown, and JSON.parse would silently take the last.
 * Source: DynamoDB guide, "DynamoDB table export output format".
 * @throws MalformedItem
 */
export function parseExportLine(line: string): Item {
  const parsed = parseJson(line);
  if (!isLine(parsed)) throw new MalformedItem('it is not of the form {"Item":{…}}');
  const reader = new ItemReader();
  const item = reader.item(parsed.Item);
  requireMembers(line, reader.members + 1);
  return item;
}

function isLine(value: unknown): value is { Item: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && names[0] === 'Item';
}
