import { integerDigits, isInt64, scaleOf } from '../number';
import { HAS_SPECIALS, IN_SCRATCH } from '../row-cells';
import { Ascii, Four } from './ascii';
import { base64End, decodeBase64 } from './base64-text';
import type { DocumentText } from './document-text';
import type { NumberText } from './number-text';
import { Kind, type Plan } from './plan';
import type { Scratch } from './scratch';
import type { Source } from './source';
import type { StringText } from './string-text';

/** Bytes of a tag that are read at once. */
const TAG_BYTES = 4;
/** Length of the `":` between the tag and `true` or `false`. */
const COLON_BYTES = 2;

/**
 * Puts values into the cells of their columns. Methods return the index after what they read, or −1 if the value does not
 * fit its column or needs the exact decoder.
 */
export class CellScanner {
  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
    private readonly numbers: NumberText,
    private readonly strings: StringText,
    private readonly documents: DocumentText,
  ) {}

  /** Reads an attribute's value from its tag on, including the `}` after it. */
  cell(plan: Plan, column: number, at: number): number {
    const { bytes, view } = this.source;
    const after = this.value(plan, column, view.getInt32(at, true), at + TAG_BYTES);
    return after >= 0 && bytes[after] === Ascii.CLOSE ? after + 1 : -1;
  }

  private value(plan: Plan, column: number, tag: number, at: number): number {
    if (tag === Four.NULL) return column < plan.keyColumns ? -1 : this.source.endOfTrue(at);
    switch (plan.kinds[column]) {
      case Kind.TEXT:
        return tag === Four.S ? this.text(plan, column, at) : -1;
      case Kind.NUMBER:
        return tag === Four.N ? this.number(plan, column, at) : -1;
      case Kind.BINARY:
        return tag === Four.B ? this.binary(plan, column, at) : -1;
      case Kind.BOOLEAN:
        return tag === Four.BOOL ? this.boolean(plan, column, at) : -1;
      default:
        return this.json(plan, column, tag, at);
    }
  }

  private text(plan: Plan, column: number, at: number): number {
    const { source } = this;
    const quote = source.quoteFrom(at);
    if (source.backslash < quote) return this.decodedText(plan, column, at);
    if (quote < 0) return -1;
    this.setInBlock(plan, column, at, quote);
    return quote + 1;
  }

  private decodedText(plan: Plan, column: number, at: number): number {
    const start = this.startInScratch();
    const after = this.strings.decode(at);
    this.endInScratch(plan, column, start);
    return after;
  }

  private number(plan: Plan, column: number, at: number): number {
    const { numbers } = this;
    const quote = numbers.end(at);
    if (quote < 0) return this.normalizedNumber(plan, column, at);
    const fits =
      numbers.integerDigits <= (plan.integerDigits[column] as number) &&
      numbers.scale <= (plan.scales[column] as number) &&
      (plan.int64[column] === 0 || numbers.isInt64(quote));
    if (!fits) return -1;
    this.setInBlock(plan, column, at, quote);
    return quote + 1;
  }

  private normalizedNumber(plan: Plan, column: number, at: number): number {
    const canonical = this.numbers.canonical(at);
    if (canonical === undefined) return -1;
    const fits =
      integerDigits(canonical) <= (plan.integerDigits[column] as number) &&
      scaleOf(canonical) <= (plan.scales[column] as number) &&
      (plan.int64[column] === 0 || isInt64(canonical));
    if (!fits) return -1;
    const quote = this.source.quoteFrom(at);
    const start = this.startInScratch();
    this.scratch.writeAscii(canonical, quote - at);
    this.endInScratch(plan, column, start);
    return quote + 1;
  }

  private binary(plan: Plan, column: number, at: number): number {
    const { bytes } = this.source;
    const { scratch } = this;
    const quote = base64End(bytes, at);
    if (quote < 0) return -1;
    const start = this.startInScratch();
    scratch.used = decodeBase64(bytes, at, quote, scratch.bytes, start);
    this.endInScratch(plan, column, start);
    return quote + 1;
  }

  private boolean(plan: Plan, column: number, at: number): number {
    const { starts } = plan.cells;
    let after = this.source.endOfTrue(at);
    if (after >= 0) {
      starts[column] = 1;
      return after;
    }
    after = this.source.endOfFalse(at);
    if (after >= 0) starts[column] = 0;
    return after;
  }

  /** The cell of a scalar is a range of the block, unless the text has to be rewritten. */
  private json(plan: Plan, column: number, tag: number, at: number): number {
    switch (tag) {
      case Four.S:
        return this.jsonString(plan, column, at);
      case Four.N:
        return this.number(plan, column, at);
      case Four.B:
        return this.jsonBinary(plan, column, at);
      case Four.BOOL:
        return this.jsonBoolean(plan, column, at);
      default:
        return this.document(plan, column, tag, at);
    }
  }

  private jsonString(plan: Plan, column: number, at: number): number {
    const { source } = this;
    const quote = source.quoteFrom(at);
    if (source.backslash < quote) return this.document(plan, column, Four.S, at);
    if (quote < 0) return -1;
    this.setInBlock(plan, column, at - 1, quote + 1);
    return quote + 1;
  }

  private jsonBinary(plan: Plan, column: number, at: number): number {
    const quote = base64End(this.source.bytes, at);
    if (quote < 0) return -1;
    this.setInBlock(plan, column, at - 1, quote + 1);
    return quote + 1;
  }

  private jsonBoolean(plan: Plan, column: number, at: number): number {
    const after = Math.max(this.source.endOfTrue(at), this.source.endOfFalse(at));
    this.setInBlock(plan, column, at + COLON_BYTES, after);
    return after;
  }

  private document(plan: Plan, column: number, tag: number, at: number): number {
    const start = this.startInScratch();
    const after = this.documents.content(tag, at, 0);
    this.endInScratch(plan, column, start);
    return after;
  }

  private setInBlock(plan: Plan, column: number, start: number, end: number): void {
    const { cells } = plan;
    cells.starts[column] = start;
    cells.ends[column] = end;
    cells.flags[column] = 0;
  }

  private startInScratch(): number {
    this.strings.wroteSpecials = false;
    return this.scratch.used;
  }

  /** The cell is everything written to the scratch buffer since `start`. */
  private endInScratch(plan: Plan, column: number, start: number): void {
    const { cells } = plan;
    cells.starts[column] = start;
    cells.ends[column] = this.scratch.used;
    cells.flags[column] = this.strings.wroteSpecials ? IN_SCRATCH | HAS_SPECIALS : IN_SCRATCH;
  }
}
