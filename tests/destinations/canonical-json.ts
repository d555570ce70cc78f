import { type Json, readJson } from '../runtime/item/exact-json';

/**
 * The canonical text of JSON, for engines that keep JSON by value: no spaces, names in the order of their bytes,
 * digits unchanged.
 */
export function canonicalJson(text: string): string {
  return write(readJson(text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')));
}

function write(json: Json): string {
  if ('string' in json) return JSON.stringify(json.string);
  if ('number' in json) return json.number;
  if ('word' in json) return json.word;
  if ('array' in json) return `[${json.array.map(write).join(',')}]`;
  const members = [...json.object].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
}
