import type { AttributeValue, Item } from './attribute-value';
import { toBase64 } from './base64';
import { UnreadableValue } from './malformed';
import { canonicalNumber, compareNumbers } from './number';
import { compareBytes, compareText } from './text-order';

/**
 * Plain JSON of a value, for json cells: equal values have equal text. Map names and string sets are in UTF-8 order,
 * number sets in numeric order, binary sets in byte order. N is a JSON number with all its digits, B is base64 text.
 * Characters are escaped only where JSON requires it, lone surrogates as `\udXXX` (rule D1).
 * @throws UnreadableValue if a value or number inside is invalid
 */
export function documentText(value: AttributeValue): string {
  if ('S' in value) return JSON.stringify(value.S);
  if ('N' in value) return numberText(value.N);
  if ('M' in value) return mapText(value.M);
  if ('L' in value) return `[${value.L.map(documentText).join(',')}]`;
  if ('BOOL' in value) return value.BOOL ? 'true' : 'false';
  if ('NULL' in value) return 'null';
  if ('B' in value) return bytesText(value.B);
  if ('SS' in value) return `[${[...value.SS].sort(compareText).map(quote).join(',')}]`;
  if ('NS' in value) return `[${value.NS.map(numberText).sort(compareNumbers).join(',')}]`;
  if ('BS' in value) return `[${[...value.BS].sort(compareBytes).map(bytesText).join(',')}]`;
  throw new UnreadableValue('it contains a value of an unknown type');
}

/** A JSON object of attributes, as `documentText` writes a map. */
export function mapText(map: Item): string {
  const names = [...map.keys()].sort(compareText);
  let text = '{';
  for (const name of names) {
    if (text.length > 1) text += ',';
    text += JSON.stringify(name) + ':' + documentText(map.get(name) as AttributeValue);
  }
  return text + '}';
}

/** @throws UnreadableValue */
export function numberText(text: string): string {
  const canonical = canonicalNumber(text);
  if (canonical === undefined) throw new UnreadableValue('it contains a number that DynamoDB does not allow');
  return canonical;
}

export function bytesText(bytes: Uint8Array): string {
  return `"${toBase64(bytes)}"`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
