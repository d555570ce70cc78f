/** DynamoDB's limit of significant digits. Source: DynamoDB guide, "Data types – Number". */
const MAX_DIGITS = 38;
/** Powers of ten of the first digit: 1E-130 … 9.99E125. Source: as above. */
const MIN_EXPONENT = -130;
const MAX_EXPONENT = 125;
const MAX_INT64 = '9223372036854775807';

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * The canonical text of a number: exact plain decimal, no exponent, no needless zeros, no `-0`; equal numbers have equal
 * texts. `undefined` if it is not a DynamoDB number: other characters, over 38 significant digits, beyond 1E-130 … 9.99E125.
 */
export function canonicalNumber(text: string): string | undefined {
  return isShortCanonical(text) ? text : normalize(text);
}

/** The common case, recognised without allocating: canonical and too short to break a limit. */
function isShortCanonical(text: string): boolean {
  const length = text.length;
  if (length > MAX_DIGITS || length === 0) return false;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  const first = text.charCodeAt(start);
  if (!(first >= ZERO && first <= NINE)) return false;
  if (first === ZERO && length > 1 && text.charCodeAt(start + 1) !== DOT) return false;
  let fraction = false;
  for (let i = start + 1; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) continue;
    if (code !== DOT || fraction) return false;
    fraction = true;
  }
  const last = text.charCodeAt(length - 1);
  return !fraction || (last !== ZERO && last !== DOT);
}

function normalize(text: string): string | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const all = whole + fraction;
  if (all === '') return undefined;
  let start = 0;
  while (start < all.length && all.charCodeAt(start) === ZERO) start++;
  if (start === all.length) return '0';
  let end = all.length;
  while (all.charCodeAt(end - 1) === ZERO) end--;
  const digits = all.slice(start, end);
  const exponent = Number(power) + whole.length - start - 1;
  if (digits.length > MAX_DIGITS || !(exponent >= MIN_EXPONENT && exponent <= MAX_EXPONENT)) return undefined;
  return (sign === '-' ? '-' : '') + plain(digits, exponent);
}

/** @param digits without outer zeros @param exponent power of ten of the first digit */
function plain(digits: string, exponent: number): string {
  if (exponent < 0) return '0.' + '0'.repeat(-exponent - 1) + digits;
  const point = exponent + 1;
  if (digits.length <= point) return digits + '0'.repeat(point - digits.length);
  return digits.slice(0, point) + '.' + digits.slice(point);
}

/** Digits before the point (at least 1) of a canonical number. */
export function integerDigits(canonical: string): number {
  const point = canonical.indexOf('.');
  return (point < 0 ? canonical.length : point) - (canonical.charCodeAt(0) === MINUS ? 1 : 0);
}

/** Digits after the point of a canonical number, 0 for a whole one. */
export function scaleOf(canonical: string): number {
  const point = canonical.indexOf('.');
  return point < 0 ? 0 : canonical.length - point - 1;
}

/** Whether a canonical number is whole and within ±(2^63 − 1). */
export function isInt64(canonical: string): boolean {
  if (canonical.includes('.')) return false;
  const digits = integerDigits(canonical);
  if (digits < MAX_INT64.length) return true;
  return digits === MAX_INT64.length && canonical.slice(-MAX_INT64.length) <= MAX_INT64;
}

/** Orders canonical numbers by value. */
export function compareNumbers(a: string, b: string): number {
  const negative = a.charCodeAt(0) === MINUS;
  if (negative !== (b.charCodeAt(0) === MINUS)) return negative ? -1 : 1;
  return negative ? compareMagnitudes(b, a) : compareMagnitudes(a, b);
}

function compareMagnitudes(a: string, b: string): number {
  const digits = integerDigits(a) - integerDigits(b);
  if (digits !== 0) return digits;
  return a < b ? -1 : a > b ? 1 : 0;
}
