import type { Item } from './attribute-value';
import { ItemReader } from './item-reader';
import { MalformedItem } from './malformed';

/**
 * An item from the text of a full export's line, `{"Item":{…}}`. An object that has the same name twice, at any depth,
 * is refused: which value was meant cannot be known, and JSON.parse would silently take the last.
 * Source: DynamoDB guide, "DynamoDB table export output format".
 * @throws MalformedItem
 */
export function parseExportLine(line: string): Item {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // Its error quotes the line.
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

/** Members of all objects of a valid JSON text: the colons outside its strings. */
function countMembersOfText(text: string): number {
  let members = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) members++;
    else if (code === QUOTE) i = endOfString(text, i);
  }
  return members;
}

/** Where the string ends that begins at `start`: the index of its closing quote. */
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
