import { Ascii } from './ascii';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NONE = 0x80;
const PADDING = 0x3d;

/** Value of each character of the alphabet; 0x80 for the others. */
const SIX_BITS = new Uint8Array(256).fill(NONE);
[...ALPHABET].forEach((character, value) => (SIX_BITS[character.charCodeAt(0)] = value));

/**
 * Index of the quote that ends the padded standard base64 at `at`; −1 for text that base64.ts would refuse, and for escapes.
 */
export function base64End(bytes: Uint8Array, at: number): number {
  const last = bytes.length - 4;
  for (let i = at; i < last; ) {
    const a = SIX_BITS[bytes[i] as number] as number;
    const b = SIX_BITS[bytes[i + 1] as number] as number;
    const c = SIX_BITS[bytes[i + 2] as number] as number;
    const d = SIX_BITS[bytes[i + 3] as number] as number;
    if ((a | b | c | d) < NONE) {
      i += 4;
      continue;
    }
    if (bytes[i] === Ascii.QUOTE) return i;
    if ((a | b) >= NONE || bytes[i + 3] !== PADDING || bytes[i + 4] !== Ascii.QUOTE) return -1;
    const unused = bytes[i + 2] === PADDING ? b & 15 : c < NONE ? c & 3 : 1;
    return unused === 0 ? i + 4 : -1;
  }
  return -1;
}

/** Decodes base64 that `base64End` has accepted. Returns the index after the last byte written. */
export function decodeBase64(
  bytes: Uint8Array,
  from: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  let o = at;
  for (let i = from; i < end; i += 4) {
    const a = SIX_BITS[bytes[i] as number] as number;
    const b = SIX_BITS[bytes[i + 1] as number] as number;
    const c = SIX_BITS[bytes[i + 2] as number] as number;
    const d = SIX_BITS[bytes[i + 3] as number] as number;
    to[o] = (a << 2) | (b >> 4);
    to[o + 1] = (b << 4) | (c >> 2);
    to[o + 2] = (c << 6) | d;
    o += 3;
  }
  if (end > from && bytes[end - 1] === PADDING) o -= bytes[end - 2] === PADDING ? 2 : 1;
  return o;
}

/** Orders base64 texts by the bytes they encode: the padding comes before all characters. */
export function compareBase64(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  for (let i = a, j = b; ; i++, j++) {
    if (i === aEnd || j === bEnd) return aEnd - i - (bEnd - j);
    const x = bytes[i] as number;
    const y = bytes[j] as number;
    if (x === y) continue;
    if (x === PADDING) return -1;
    if (y === PADDING) return 1;
    return (SIX_BITS[x] as number) - (SIX_BITS[y] as number);
  }
}
