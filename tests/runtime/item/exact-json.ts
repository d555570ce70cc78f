/**
 * A small JSON reader of our own, to check documents: it keeps the order of members and numbers as text, neither of which
 * JSON.parse can do.
 */
export type Json =
  | { readonly object: readonly (readonly [string, Json])[] }
  | { readonly array: readonly Json[] }
  | { readonly string: string }
  | { readonly number: string }
  | { readonly word: 'true' | 'false' | 'null' };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids raw controls in strings
const STRING = /"((?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*)"/y;
const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export function readJson(text: string): Json {
  let at = 0;

  const take = (expected: string): void => {
    if (!text.startsWith(expected, at)) throw new Error(`expected ${expected} at ${at} of ${text}`);
    at += expected.length;
  };
  const match = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) throw new Error(`expected ${pattern} at ${at} of ${text}`);
    at = pattern.lastIndex;
    return found;
  };
  const string = (): string =>
    (match(STRING)[1] ?? '').replace(/\\(u[0-9a-f]{4}|.)/g, (_, escape: string) =>
      escape.length > 1 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : (ESCAPES[escape] ?? escape),
    );
  const list = <T>(open: string, close: string, element: () => T): T[] => {
    const elements: T[] = [];
    take(open);
    while (!text.startsWith(close, at)) {
      if (elements.length > 0) take(',');
      elements.push(element());
    }
    take(close);
    return elements;
  };
  const value = (): Json => {
    const next = text.charAt(at);
    if (next === '"') return { string: string() };
    if (next === '[') return { array: list('[', ']', value) };
    if (next === '{') {
      return {
        object: list('{', '}', () => {
          const name = string();
          take(':');
          return [name, value()] as const;
        }),
      };
    }
    for (const word of ['true', 'false', 'null'] as const) {
      if (text.startsWith(word, at)) {
        take(word);
        return { word };
      }
    }
    return { number: match(NUMBER)[0] };
  };

  const result = value();
  if (at !== text.length) throw new Error(`${text.slice(at)} is left of ${text}`);
  return result;
}
