import type { AttributeValue, Item } from '../attribute-value';

/** Size limit of an item, names included (service quotas: 400 KB). */
export const MAX_ITEM_BYTES = 409_600;

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Decoded size of a base64 text in bytes. */
export function binaryBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** About one byte per two significant digits plus one, and one for a minus sign ("DynamoDB item sizes and formats"). */
function numberBytes(canonical: string): number {
  const digits = canonical.replace(/[-.]/g, '').replace(/^0+/, '');
  const significant = canonical.includes('.') ? digits : digits.replace(/0+$/, '');
  return Math.ceil(significant.length / 2) + 1 + (canonical.startsWith('-') ? 1 : 0);
}

/** Size of a canonical value in bytes ("DynamoDB item sizes and formats", developer guide). */
export function valueSize(value: AttributeValue): number {
  if ('S' in value) return bytes(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return binaryBytes(value.B);
  if ('BOOL' in value || 'NULL' in value) return 1;
  if ('SS' in value) return value.SS.reduce((sum, text) => sum + bytes(text), 0);
  if ('NS' in value) return value.NS.reduce((sum, text) => sum + numberBytes(text), 0);
  if ('BS' in value) return value.BS.reduce((sum, text) => sum + binaryBytes(text), 0);
  if ('L' in value) return value.L.reduce((sum, element) => sum + 1 + valueSize(element), 3);
  return 3 + Object.keys(value.M).length + itemSize(value.M);
}

/** Size of an item in bytes, as `MAX_ITEM_BYTES`, page sizes and `TableSizeBytes` count it. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) size += bytes(name) + valueSize(item[name] as AttributeValue);
  return size;
}
