import { Ascii } from './ascii';

/** Orders two texts of a buffer, from `a` up to `aEnd` and from `b` up to `bEnd`. */
export type CompareTexts = (bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number) => number;

/** Orders texts by their bytes, a prefix first. */
export function compareTexts(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const length = Math.min(aEnd - a, bEnd - b);
  for (let i = 0; i < length; i++) {
    const order = (bytes[a + i] as number) - (bytes[b + i] as number);
    if (order !== 0) return order;
  }
  return aEnd - a - (bEnd - b);
}

/** Orders canonical numbers by value, as number.ts does. */
export function compareNumberTexts(
  bytes: Uint8Array,
  a: number,
  aEnd: number,
  b: number,
  bEnd: number,
): number {
  const negative = bytes[a] === Ascii.MINUS;
  if (negative !== (bytes[b] === Ascii.MINUS)) return negative ? -1 : 1;
  return negative ? compareMagnitudes(bytes, b, bEnd, a, aEnd) : compareMagnitudes(bytes, a, aEnd, b, bEnd);
}

function compareMagnitudes(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const digits = pointOf(bytes, a, aEnd) - a - (pointOf(bytes, b, bEnd) - b);
  return digits !== 0 ? digits : compareTexts(bytes, a, aEnd, b, bEnd);
}

function pointOf(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== Ascii.DOT) i++;
  return i;
}
