import { Ascii, Four } from './ascii';
import { base64End } from './base64-text';
import type { NumberText } from './number-text';
import type { Scratch } from './scratch';
import type { Source } from './source';
import type { StringText } from './string-text';

/**
 * Writes scalars as plain JSON into the scratch buffer. Methods begin after the tag's word (Four) and return the index after
 * what they read, or −1 if the text needs the exact decoder.
 */
export class ScalarText {
  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
    private readonly numbers: NumberText,
    private readonly strings: StringText,
  ) {}

  string(at: number): number {
    const { scratch } = this;
    scratch.bytes[scratch.used++] = Ascii.QUOTE;
    return this.strings.copyJson(at);
  }

  number(at: number): number {
    const { scratch, source } = this;
    const quote = this.numbers.end(at);
    if (quote < 0) return this.otherNumber(at);
    scratch.copyFrom(source.view, at, quote);
    return quote + 1;
  }

  binary(at: number): number {
    const { scratch, source } = this;
    const quote = base64End(source.bytes, at);
    if (quote < 0) return -1;
    scratch.bytes[scratch.used++] = Ascii.QUOTE;
    scratch.copyFrom(source.view, at, quote + 1);
    return quote + 1;
  }

  boolean(at: number): number {
    const { scratch } = this;
    const after = this.source.endOfTrue(at);
    if (after >= 0) {
      scratch.view.setInt32(scratch.used, Four.TRUE, true);
      scratch.used += 4;
      return after;
    }
    scratch.view.setInt32(scratch.used, Four.FALS, true);
    scratch.bytes[scratch.used + 4] = Ascii.SMALL_E;
    scratch.used += 5;
    return this.source.endOfFalse(at);
  }

  nothing(at: number): number {
    const { scratch } = this;
    scratch.view.setInt32(scratch.used, Four.NOTHING, true);
    scratch.used += 4;
    return this.source.endOfTrue(at);
  }

  private otherNumber(at: number): number {
    const canonical = this.numbers.canonical(at);
    if (canonical === undefined) return -1;
    const quote = this.source.quoteFrom(at);
    this.scratch.writeAscii(canonical, quote - at);
    return quote + 1;
  }
}
