import { canonicalNumber } from '../number';
import { Ascii, firstMarked, markNonDigits } from './ascii';
import type { Source } from './source';

/** With up to this many digits in total, a number cannot exceed any limit of DynamoDB. */
const SAFE_DIGITS = 38;
const MAX_INT64 = '9223372036854775807';

/** Reads the numbers of a line. */
export class NumberText {
  /** Of the last number that `end` accepted, as number.ts counts them. */
  integerDigits = 0;
  scale = 0;

  constructor(private readonly source: Source) {}

  /** Index of the quote that ends the number at `at`; −1 if it is not canonical (number.ts), or too long to be sure. */
  end(at: number): number {
    const { bytes, view } = this.source;
    const negative = bytes[at] === Ascii.MINUS;
    const first = negative ? at + 1 : at;
    const point = digitsFrom(view, first);
    this.integerDigits = point - first;
    if (bytes[first] === Ascii.ZERO) {
      if (this.integerDigits !== 1 || (negative && bytes[point] === Ascii.QUOTE)) return -1;
    } else if (this.integerDigits === 0) {
      return -1;
    }
    let end = point;
    this.scale = 0;
    if (bytes[point] === Ascii.DOT) {
      end = digitsFrom(view, point + 1);
      this.scale = end - point - 1;
      if (this.scale === 0 || bytes[end - 1] === Ascii.ZERO) return -1;
    }
    return bytes[end] === Ascii.QUOTE && this.integerDigits + this.scale <= SAFE_DIGITS ? end : -1;
  }

  /** The canonical text of the number at `at`, which ends at the first quote; `undefined` if it is invalid. */
  canonical(at: number): string | undefined {
    const quote = this.source.quoteFrom(at);
    return quote < 0 ? undefined : canonicalNumber(this.source.bytes.toString('latin1', at, quote));
  }

  /** Whether the last number that `end` accepted, which ends at this index, is whole and within ±(2^63 − 1). */
  isInt64(end: number): boolean {
    if (this.scale > 0) return false;
    if (this.integerDigits !== MAX_INT64.length) return this.integerDigits < MAX_INT64.length;
    const { bytes } = this.source;
    const first = end - MAX_INT64.length;
    for (let i = 0; i < MAX_INT64.length; i++) {
      const order = (bytes[first + i] as number) - MAX_INT64.charCodeAt(i);
      if (order !== 0) return order < 0;
    }
    return true;
  }
}

/** Index of the first byte from `at` on that is not a digit. */
function digitsFrom(view: DataView, at: number): number {
  for (let i = at; ; i += 4) {
    const others = markNonDigits(view.getInt32(i, true));
    if (others !== 0) return i + firstMarked(others);
  }
}
