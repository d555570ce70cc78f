/*
 * Const enums, because the compiler inlines their values. An imported constant would be looked up for every byte, which
 * costs a fifth of the scanner's time.
 */

export const enum Ascii {
  NEWLINE = 0x0a,
  SPACE = 0x20,
  QUOTE = 0x22,
  COMMA = 0x2c,
  MINUS = 0x2d,
  DOT = 0x2e,
  ZERO = 0x30,
  NINE = 0x39,
  COLON = 0x3a,
  OPEN_LIST = 0x5b,
  BACKSLASH = 0x5c,
  CLOSE_LIST = 0x5d,
  SMALL_E = 0x65,
  SMALL_U = 0x75,
  OPEN = 0x7b,
  CLOSE = 0x7d,
}

/** Four characters as `getInt32` reads them, with the first in the lowest byte. */
export const enum Four {
  /** The start of a line, `{"Item":{`; the last word overlaps. */
  LINE_1 = 0x7449227b, // {"It
  LINE_2 = 0x3a226d65, // em":
  LINE_3 = 0x7b3a226d, // m":{
  /** Between a name and its value's tag. */
  AFTER_NAME = 0x227b3a22, // ":{"
  /** `"aws:rep:`; the last word overlaps. */
  REPLICATION_1 = 0x73776122, // "aws
  REPLICATION_2 = 0x7065723a, // :rep
  REPLICATION_3 = 0x3a706572, // rep:
  /** What follows a value's `{"`: its tag, as far as it fits. */
  S = 0x223a2253, // S":"
  N = 0x223a224e, // N":"
  B = 0x223a2242, // B":"
  M = 0x7b3a224d, // M":{
  L = 0x5b3a224c, // L":[
  SS = 0x3a225353, // SS":
  NS = 0x3a22534e, // NS":
  BS = 0x3a225342, // BS":
  BOOL = 0x4c4f4f42, // BOOL
  NULL = 0x4c4c554e, // NULL
  /** Parts of `":true` and `":false`, which follow the longer tags, and of plain JSON. */
  COLON_TR = 0x72743a22, // ":tr
  COLON_FA = 0x61663a22, // ":fa
  TRUE = 0x65757274, // true
  FALS = 0x736c6166, // fals
  ALSE = 0x65736c61, // alse
  NOTHING = 0x6c6c756e, // null
}

/** Turns a quote (0x22) into 0x20, control characters into each other, and everything else into more than 0x20. */
const SWAP = 0x02020202;
const ABOVE = 0x21212121;
const HIGH_BITS = 0x80808080;

/**
 * Finds quotes and control characters among four bytes: marks the first one by its highest bit, and perhaps later ones.
 * Returns 0 if there are none. The subtraction borrows from a byte's highest bit exactly when the byte is too small, up to the
 * first such byte.
 */
export function markStringEnd(four: number): number {
  const swapped = four ^ SWAP;
  return (swapped - ABOVE) & ~swapped & HIGH_BITS;
}

const BACKSLASHES = 0x5c5c5c5c;
const EACH_ONE = 0x01010101;

/** Finds backslashes among four bytes, in the way of `markStringEnd`. */
export function markBackslash(four: number): number {
  const zeroed = four ^ BACKSLASHES;
  return (zeroed - EACH_ONE) & ~zeroed & HIGH_BITS;
}

const HIGH_HALVES = 0xf0f0f0f0;
const ZEROS = 0x30303030;
const SIX = 0x06060606;

/** Finds bytes other than digits among four: sets bits of the first one, and perhaps of later ones. Returns 0 if there are none. */
export function markNonDigits(four: number): number {
  return ((four & HIGH_HALVES) ^ ZEROS) | (((four + SIX) & HIGH_HALVES) ^ ZEROS);
}

/** Index, 0 to 3, of the first byte with a bit set. */
export function firstMarked(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}
