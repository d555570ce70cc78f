import type { AttributeValue, Item } from '../../simulator';

/** Plain decimal digits of a DynamoDB number in any spelling. */
export function plainNumber(text: string): string {
  const [, minus = '', whole = '', fraction = '', power = '0'] =
    /^([+-]?)0*(\d*?)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  // The value is this integer times a power of ten.
  let digits = BigInt(whole + fraction || '0');
  let exponent = Number(power) - fraction.length;
  if (digits === 0n) return '0';
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  const sign = minus === '-' ? '-' : '';
  if (exponent >= 0) return sign + String(digits * 10n ** BigInt(exponent));
  const padded = String(digits).padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function byValue(a: string, b: string): number {
  if (a.startsWith('-') !== b.startsWith('-')) return a.startsWith('-') ? -1 : 1;
  if (a.startsWith('-')) return byValue(b.slice(1), a.slice(1));
  const [wholeA = '', wholeB = ''] = [a.split('.')[0], b.split('.')[0]];
  return wholeA.length - wholeB.length || (a < b ? -1 : a > b ? 1 : 0);
}

const list = (members: readonly string[]): string => `[${members.join(',')}]`;
const quoted = (text: string): string => JSON.stringify(text);

/** A value as the plain JSON of documents and mixed columns: names and sets sorted, all digits, base64. */
export function plainJson(value: AttributeValue): string {
  if ('S' in value) return quoted(value.S);
  if ('N' in value) return plainNumber(value.N);
  if ('B' in value) return quoted(value.B);
  if ('BOOL' in value) return String(value.BOOL);
  if ('NULL' in value) return 'null';
  if ('SS' in value) return list([...value.SS].sort(byBytes).map(quoted));
  if ('NS' in value) return list(value.NS.map(plainNumber).sort(byValue));
  if ('BS' in value) {
    const sorted = value.BS.map((base64) => Buffer.from(base64, 'base64')).sort((a, b) =>
      Buffer.compare(a, b),
    );
    return list(sorted.map((bytes) => quoted(bytes.toString('base64'))));
  }
  if ('L' in value) return list(value.L.map(plainJson));
  return plainJsonOfMap(value.M);
}

export function plainJsonOfMap(map: Item): string {
  const names = Object.keys(map).sort(byBytes);
  return `{${names.map((name) => `${quoted(name)}:${plainJson(map[name]!)}`).join(',')}}`;
}

/** Whether any text in the value, names included, matches. */
export function hasText(value: AttributeValue, such: (text: string) => boolean): boolean {
  if ('S' in value) return such(value.S);
  if ('SS' in value) return value.SS.some(such);
  if ('L' in value) return value.L.some((each) => hasText(each, such));
  if ('M' in value) return Object.keys(value.M).some((name) => such(name) || hasText(value.M[name]!, such));
  return false;
}
