const DOT = 46;
const MINUS = 45;
const ZERO = 48;

const WORD = 2 ** 32;
const LARGEST_TOP_WORD = 2 ** 31 - 1;
/** Digits processed at a time: a word times this power of ten, plus a carry, is exact in a double. */
const DIGITS_AT_ONCE = 6;
const POWERS = Array.from({ length: DIGITS_AT_ONCE + 1 }, (_, digits) => 10 ** digits);
/** A number of up to this many digits is exact in a double. */
const DOUBLE_DIGITS = 15;

/** The current number, in words of 32 bits, lowest first. This avoids a bigint per number. */
const words = new Float64Array(4);

/**
 * Writes canonical digits as the whole number that a DECIMAL of this scale stores, in eight bytes, little-endian.
 * @throws RangeError when it does not fit
 */
export function writeInt64(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
  scale: number,
): void {
  if (end - start + scale <= DOUBLE_DIGITS) setSmall(source, start, end, scale);
  else setWords(source, start, end, scale, 2);
  writeWord(target, at, words[0] as number);
  writeWord(target, at + 4, words[1] as number);
}

/** The same in sixteen bytes, big-endian. @throws RangeError */
export function writeInt128(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
  scale: number,
): void {
  setWords(source, start, end, scale, 4);
  for (let i = 0; i < 4; i++) {
    const word = words[3 - i] as number;
    const first = at + 4 * i;
    target[first] = word >>> 24;
    target[first + 1] = word >>> 16;
    target[first + 2] = word >>> 8;
    target[first + 3] = word;
  }
}

function writeWord(target: Uint8Array, at: number, word: number): void {
  target[at] = word;
  target[at + 1] = word >>> 8;
  target[at + 2] = word >>> 16;
  target[at + 3] = word >>> 24;
}

/** The usual case: the scaled number is exact in a double. */
function setSmall(source: Uint8Array, start: number, end: number, scale: number): void {
  const negative = source[start] === MINUS;
  let value = 0;
  let missing = scale;
  let fraction = false;
  for (let i = negative ? start + 1 : start; i < end; i++) {
    const code = source[i] as number;
    if (code === DOT) {
      fraction = true;
    } else {
      value = value * 10 + (code - ZERO);
      if (fraction) missing--;
    }
  }
  requireScale(missing, scale);
  for (; missing > 0; missing--) value *= 10;
  words[1] = Math.floor(value / WORD);
  words[0] = value - (words[1] as number) * WORD;
  if (negative) negate(2);
}

function setWords(source: Uint8Array, start: number, end: number, scale: number, count: number): void {
  words.fill(0);
  const negative = source[start] === MINUS;
  let group = 0;
  let digits = 0;
  let missing = scale;
  let fraction = false;
  let overflow = 0;
  for (let i = negative ? start + 1 : start; i < end; i++) {
    const code = source[i] as number;
    if (code === DOT) {
      fraction = true;
      continue;
    }
    group = group * 10 + (code - ZERO);
    digits++;
    if (fraction) missing--;
    if (digits === DIGITS_AT_ONCE) {
      overflow += multiplyAdd(POWERS[digits] as number, group, count);
      group = 0;
      digits = 0;
    }
  }
  requireScale(missing, scale);
  overflow += multiplyAdd(POWERS[digits] as number, group, count);
  for (; missing > 0; missing -= DIGITS_AT_ONCE) {
    overflow += multiplyAdd(POWERS[Math.min(missing, DIGITS_AT_ONCE)] as number, 0, count);
  }
  if (overflow > 0 || (words[count - 1] as number) > LARGEST_TOP_WORD) {
    throw new RangeError(`a number does not fit ${count * 32} bits`);
  }
  if (negative) negate(count);
}

/** `words` × `factor` + `added`. Returns the carry out of the highest word. */
function multiplyAdd(factor: number, added: number, count: number): number {
  let carry = added;
  for (let i = 0; i < count; i++) {
    const product = (words[i] as number) * factor + carry;
    carry = Math.floor(product / WORD);
    words[i] = product - carry * WORD;
  }
  return carry;
}

/** Two's complement. */
function negate(count: number): void {
  let carry = 1;
  for (let i = 0; i < count; i++) {
    const flipped = WORD - 1 - (words[i] as number) + carry;
    carry = flipped === WORD ? 1 : 0;
    words[i] = carry === 1 ? 0 : flipped;
  }
}

function requireScale(missing: number, scale: number): void {
  if (missing >= 0) return;
  throw new RangeError(`a number has more than ${scale} digits after the point`);
}
