import { Ascii, firstMarked, markStringEnd } from './ascii';
import type { Scratch } from './scratch';
import type { Source } from './source';

/** What `\b` and the others stand for, and back. */
const SHORT_ESCAPES = '"\\/\b\f\n\r\t';
const SHORT_LETTERS = '"\\/bfnrt';
const HEX = '0123456789abcdef';

const MEANING = new Uint8Array(256);
const LETTER = new Uint8Array(128);
[...SHORT_LETTERS].forEach((letter, i) => {
  MEANING[letter.charCodeAt(0)] = SHORT_ESCAPES.charCodeAt(i);
  if (letter !== '/') LETTER[SHORT_ESCAPES.charCodeAt(i)] = letter.charCodeAt(0);
});

const NO_DIGIT = 0x80;
const HEX_DIGITS = new Uint8Array(256).fill(NO_DIGIT);
[...HEX].forEach((digit, value) => {
  HEX_DIGITS[digit.charCodeAt(0)] = value;
  HEX_DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
});

/**
 * Strings of a line on their way into the scratch buffer. Every method begins behind the opening quote, answers the index
 * behind the closing one, and −1 for what only the exact decoder may judge: bad escapes, U+0000, half surrogate pairs.
 */
export class StringText {
  /** A backslash or control character has been written since this was set to false. */
  wroteSpecials = false;
  /** Index behind the escape that was read last. */
  private behind = 0;

  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
  ) {}

  /** Writes JSON text, the closing quote included, exactly as JSON.stringify would. */
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
      if (i + length > backslash) return this.rewriteJson(at);
      if (bytes[i + length - 1] !== Ascii.QUOTE) return -1;
      this.scratch.used = o + length;
      return i + length;
    }
    return -1;
  }

  /** Writes JSON text of a string with escapes. */
  private rewriteJson(at: number): number {
    const { bytes } = this.source;
    const { bytes: out } = this.scratch;
    this.wroteSpecials = true;
    for (let i = at; (bytes[i] as number) >= Ascii.SPACE;) {
      const byte = bytes[i] as number;
      if (byte === Ascii.BACKSLASH) {
        const point = this.escape(i);
        if (point < 0) return -1;
        if (point < 0x80) this.writeAsJson(point);
        else this.writeUtf8(point);
        i = this.behind;
        continue;
      }
      out[this.scratch.used++] = byte;
      i++;
      if (byte === Ascii.QUOTE) {
        this.source.passEscapes(i);
        return i;
      }
    }
    return -1;
  }

  /** Writes the text that a string with escapes stands for. */
  decode(at: number): number {
    const { bytes } = this.source;
    const { bytes: out } = this.scratch;
    for (let i = at; (bytes[i] as number) >= Ascii.SPACE;) {
      const byte = bytes[i] as number;
      if (byte === Ascii.BACKSLASH) {
        const point = this.escape(i);
        if (point < 0) return -1;
        if (point === Ascii.BACKSLASH || point < Ascii.SPACE) this.wroteSpecials = true;
        this.writeUtf8(point);
        i = this.behind;
      } else if (byte === Ascii.QUOTE) {
        this.source.passEscapes(i);
        return i + 1;
      } else {
        out[this.scratch.used++] = byte;
        i++;
      }
    }
    return -1;
  }

  /** The code point of the escape at `at`, −1 when it has none of its own; `behind` is where it ends. */
  private escape(at: number): number {
    const { bytes } = this.source;
    const letter = bytes[at + 1] as number;
    if (letter !== Ascii.SMALL_U) {
      this.behind = at + 2;
      return MEANING[letter] || -1;
    }
    this.behind = at + 6;
    const unit = this.unit(at + 2);
    if (unit <= 0) return -1;
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    if (unit > 0xdbff || bytes[at + 6] !== Ascii.BACKSLASH || bytes[at + 7] !== Ascii.SMALL_U) return -1;
    const low = this.unit(at + 8);
    if (low < 0xdc00 || low > 0xdfff) return -1;
    this.behind = at + 12;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }

  /** The code unit of four hexadecimal digits, −1 when they are none. */
  private unit(at: number): number {
    const { bytes } = this.source;
    const a = HEX_DIGITS[bytes[at] as number] as number;
    const b = HEX_DIGITS[bytes[at + 1] as number] as number;
    const c = HEX_DIGITS[bytes[at + 2] as number] as number;
    const d = HEX_DIGITS[bytes[at + 3] as number] as number;
    return (a | b | c | d) < NO_DIGIT ? (a << 12) | (b << 8) | (c << 4) | d : -1;
  }

  private writeAsJson(character: number): void {
    const { scratch } = this;
    const letter = LETTER[character] as number;
    if (letter !== 0) {
      scratch.bytes[scratch.used] = Ascii.BACKSLASH;
      scratch.bytes[scratch.used + 1] = letter;
      scratch.used += 2;
    } else if (character < Ascii.SPACE) {
      scratch.used += scratch.bytes.write(
        `\\u00${HEX[character >> 4]}${HEX[character & 15]}`,
        scratch.used,
        'latin1',
      );
    } else {
      scratch.bytes[scratch.used++] = character;
    }
  }

  private writeUtf8(point: number): void {
    const { scratch } = this;
    const { bytes: out, used } = scratch;
    if (point < 0x80) {
      out[used] = point;
      scratch.used = used + 1;
    } else if (point < 0x800) {
      out[used] = 0xc0 | (point >> 6);
      out[used + 1] = 0x80 | (point & 63);
      scratch.used = used + 2;
    } else if (point < 0x10000) {
      out[used] = 0xe0 | (point >> 12);
      out[used + 1] = 0x80 | ((point >> 6) & 63);
      out[used + 2] = 0x80 | (point & 63);
      scratch.used = used + 3;
    } else {
      out[used] = 0xf0 | (point >> 18);
      out[used + 1] = 0x80 | ((point >> 12) & 63);
      out[used + 2] = 0x80 | ((point >> 6) & 63);
      out[used + 3] = 0x80 | (point & 63);
      scratch.used = used + 4;
    }
  }
}
