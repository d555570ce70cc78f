import type { AttributeValue } from '../attribute-value';
import { compareNumbers } from './number';

/** Compares strings by their UTF-8 bytes, as DynamoDB does (UTF-16 order differs above the surrogates). */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    let a = left.charCodeAt(i);
    let b = right.charCodeAt(i);
    if (a === b) continue;
    if (a >= 0xd800 && b >= 0xd800) {
      a = a >= 0xe000 ? a - 0x800 : a + 0x2000;
      b = b >= 0xe000 ? b - 0x800 : b + 0x2000;
    }
    return a - b;
  }
  return left.length - right.length;
}

/** Binary as text with one character per byte, so that texts compare like the bytes. */
export const bytesAsText = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');

export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'base64'), Buffer.from(right, 'base64'));
}

/** Compares two values of the same scalar type (S, N, B); `undefined` for different or other types. */
export function compareScalars(left: AttributeValue, right: AttributeValue): number | undefined {
  if ('S' in left && 'S' in right) return compareText(left.S, right.S);
  if ('N' in left && 'N' in right) return compareNumbers(left.N, right.N);
  if ('B' in left && 'B' in right) return compareBytes(left.B, right.B);
  return undefined;
}
