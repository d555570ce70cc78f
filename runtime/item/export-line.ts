import type { Item } from './attribute-value';
import { ItemReader } from './item-reader';
import { MalformedItem } from './malformed';

/**
 * Parses a line of a full export, `{"Item":{…}}`. Refuses an object that has the same name twice, at any depth: which value
 * was meant is unknown, and JSON.parse would silently take the last.
 * Source: DynamoDB guide, "DynamoDB table export output format".
 * @throws MalformedItem
 */
export function parseExportLine(line: string): Item {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // No cause: the parser's error quotes the line.
    throw new MalformedItem('it is not JSON');
  }
  if (!isLine(parsed)) throw new MalformedItem('it is not of the form {"Item":{…}}');
  const reader = new ItemReader();
  const item = reader.item(parsed.Item);
  if (reader.members + 1 !== countMembersOfText(line)) {
    throw new MalformedItem('an object in it has the same name twice');
  }
  return item;
}

function isLine(value: unknown): value is { Item: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && names[0] === 'Item';
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** Number of members of all objects in a valid JSON text: the colons outside its strings. */
function countMembersOfText(text: string): number {
  let members = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) members++;
    else if (code === QUOTE) i = endOfString(text, i);
  }
  return members;
}

/** Index of the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
