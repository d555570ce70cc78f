import { MalformedItem } from './malformed';

/** Parses a line. @throws MalformedItem */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No cause: the parser's error quotes the line.
    throw new MalformedItem('it is not JSON');
  }
}

/**
 * Refuses a line of which JSON.parse dropped members: an object in it has the same name twice, and which value was meant is
 * unknown.
 * @param read number of members of all objects that were read from it
 * @throws MalformedItem
 */
export function requireMembers(line: string, read: number): void {
  if (read !== membersOfText(line)) throw new MalformedItem('an object in it has the same name twice');
}

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** Number of members of all objects in a parsed value. */
export function membersOfValue(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + membersOfValue(element), 0);
  if (!isObject(value)) return 0;
  const contents = Object.values(value);
  return contents.reduce<number>((sum, content) => sum + membersOfValue(content), contents.length);
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** Number of members of all objects in a valid JSON text: the colons outside its strings. */
function membersOfText(text: string): number {
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
