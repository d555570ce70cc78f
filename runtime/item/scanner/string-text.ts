import { Ascii, firstMarked, markBackslash, markStringEnd } from './ascii';
import type { Scratch } from './scratch';
import type { Source } from './source';

/** Short escapes and the characters they encode. JSON allows `\/`, but JSON.stringify does not write it. */
const SHORT_LETTERS = '"\\/bfnrt';
const SHORT_ESCAPES = '"\\/\b\f\n\r\t';
const HEX = '0123456789abcdef';

const MEANINGS = new Uint8Array(256);
const LETTERS = new Uint8Array(256);
[...SHORT_LETTERS].forEach((letter, i) => {
  MEANINGS[letter.charCodeAt(0)] = SHORT_ESCAPES.charCodeAt(i);
  if (letter !== '/') LETTERS[SHORT_ESCAPES.charCodeAt(i)] = letter.charCodeAt(0);
});

const NO_DIGIT = 0x80;
const HEX_DIGITS = new Uint8Array(256).fill(NO_DIGIT);
[...HEX].forEach((digit, value) => {
  HEX_DIGITS[digit.charCodeAt(0)] = value;
  HEX_DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
});

/**
 * Writes strings of a line into the scratch buffer. Every method begins after the opening quote and returns the index after
 * the closing one, or −1 for text that needs the exact decoder: bad escapes, U+0000, lone surrogates.
 */
export class StringText {
  /** Whether a backslash or control character was written since this was set to false. */
  wroteSpecials = false;
  /** Index after the last escape read. */
  private after = 0;

  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
  ) {}

  /** Writes JSON text, including the closing quote, exactly as JSON.stringify would. */
  copyJson(at: number): number {
    const { bytes, view, backslash } = this.source;
    const out = this.scratch.view;
    const last = view.byteLength - 4;
    for (let i = at, o = this.scratch.used; i <= last; i += 4, o += 4) {
      const four = view.getInt32(i, true);
      out.setInt32(o, four, true);
      const marks = markStringEnd(four);
      if (marks === 0) continue;
      const length = firstMarked(marks) + 1;
      if (i + length > backslash) return this.rewrite(at, true);
      if (bytes[i + length - 1] !== Ascii.QUOTE) return -1;
      this.scratch.used = o + length;
      return i + length;
    }
    return -1;
  }

  /** Writes the text that a string with escapes encodes. */
  decode(at: number): number {
    const { scratch } = this;
    const after = this.rewrite(at, false);
    // Without the closing quote.
    if (after >= 0) scratch.used--;
    return after;
  }

  /** Writes a string with escapes, including the closing quote: as JSON text or as the text it encodes. */
  private rewrite(at: number, json: boolean): number {
    const { scratch } = this;
    const { bytes, view } = this.source;
    const last = view.byteLength - 4;
    if (json) this.wroteSpecials = true;
    for (let i = at; i <= last; ) {
      const four = view.getInt32(i, true);
      scratch.view.setInt32(scratch.used, four, true);
      const marks = markStringEnd(four) | markBackslash(four);
      if (marks === 0) {
        i += 4;
        scratch.used += 4;
        continue;
      }
      const plain = firstMarked(marks);
      i += plain;
      scratch.used += plain;
      if (bytes[i] === Ascii.BACKSLASH) {
        const point = this.escape(i);
        if (point < 0) return -1;
        if (json) this.writeAsJson(point);
        else this.writeAsText(point);
        i = this.after;
      } else {
        if (bytes[i] !== Ascii.QUOTE) return -1;
        scratch.used++;
        this.source.passEscapes(i);
        return i + 1;
      }
    }
    return -1;
  }

  /** The code point of the escape at `at`, or −1 if it is invalid, U+0000 or a lone surrogate. Sets `after` to its end. */
  private escape(at: number): number {
    const { bytes } = this.source;
    const letter = bytes[at + 1] as number;
    this.after = at + 2;
    return letter === Ascii.SMALL_U ? this.unicodeEscape(at) : MEANINGS[letter] || -1;
  }

  private unicodeEscape(at: number): number {
    const { bytes } = this.source;
    this.after = at + 6;
    const unit = this.unit(at + 2);
    if (unit <= 0) return -1;
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    if (unit > 0xdbff || bytes[at + 6] !== Ascii.BACKSLASH || bytes[at + 7] !== Ascii.SMALL_U) return -1;
    const low = this.unit(at + 8);
    if (low < 0xdc00 || low > 0xdfff) return -1;
    this.after = at + 12;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }

  /** The code unit of four hexadecimal digits; −1 for anything else. */
  private unit(at: number): number {
    const { bytes } = this.source;
    const a = HEX_DIGITS[bytes[at] as number] as number;
    const b = HEX_DIGITS[bytes[at + 1] as number] as number;
    const c = HEX_DIGITS[bytes[at + 2] as number] as number;
    const d = HEX_DIGITS[bytes[at + 3] as number] as number;
    return (a | b | c | d) < NO_DIGIT ? (a << 12) | (b << 8) | (c << 4) | d : -1;
  }

  private writeAsText(point: number): void {
    if (point >= 0x80) {
      this.writeUtf8(point);
      return;
    }
    if (point === Ascii.BACKSLASH || point < Ascii.SPACE) this.wroteSpecials = true;
    this.scratch.bytes[this.scratch.used++] = point;
  }

  private writeAsJson(point: number): void {
    const { scratch } = this;
    if (point >= 0x80) {
      this.writeUtf8(point);
      return;
    }
    const letter = LETTERS[point] as number;
    if (letter !== 0) {
      scratch.bytes[scratch.used] = Ascii.BACKSLASH;
      scratch.bytes[scratch.used + 1] = letter;
      scratch.used += 2;
    } else if (point < Ascii.SPACE) {
      const escape = `\\u00${HEX[point >> 4]}${HEX[point & 15]}`;
      scratch.used += scratch.bytes.write(escape, scratch.used, 'latin1');
    } else {
      scratch.bytes[scratch.used++] = point;
    }
  }

  /** @param point beyond ASCII */
  private writeUtf8(point: number): void {
    const { scratch } = this;
    const { bytes } = scratch;
    if (point < 0x800) {
      bytes[scratch.used++] = 0xc0 | (point >> 6);
    } else {
      if (point < 0x10000) {
        bytes[scratch.used++] = 0xe0 | (point >> 12);
      } else {
        bytes[scratch.used++] = 0xf0 | (point >> 18);
        bytes[scratch.used++] = 0x80 | ((point >> 12) & 63);
      }
      bytes[scratch.used++] = 0x80 | ((point >> 6) & 63);
    }
    bytes[scratch.used++] = 0x80 | (point & 63);
  }
}
