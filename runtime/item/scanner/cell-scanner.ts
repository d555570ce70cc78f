import { canonicalNumber, integerDigits, isInt64, scaleOf } from '../number';
import { HAS_SPECIALS, IN_SCRATCH } from '../row-cells';
import { Ascii, Four } from './ascii';
import { base64End, decodeBase64 } from './base64-text';
import type { DocumentText } from './document-text';
import type { NumberText } from './number-text';
import { Kind, type Plan } from './plan';
import type { Scratch } from './scratch';
import type { Source } from './source';
import type { StringText } from './string-text';

/** As far as a tag is read at once. */
const TAG_BYTES = 4;
/** `":` stands between the tag and `true` or `false`. */
const COLON_BYTES = 2;

/**
 * Puts values into the cells of their columns. Methods answer the index behind what they read; −1 when the value does not
 * fit its column, or only the exact decoder may judge it.
 */
export class CellScanner {
  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
    private readonly numbers: NumberText,
    private readonly strings: StringText,
    private readonly documents: DocumentText,
  ) {}

  /** An attribute's value from its tag on, the `}` behind it included. */
  cell(plan: Plan, column: number, at: number): number {
    const { bytes, view } = this.source;
    const tag = view.getInt32(at, true);
    const from = at + TAG_BYTES;
    let behind = -1;
    switch (plan.kinds[column]) {
      case Kind.TEXT:
        if (tag === Four.S) behind = this.text(plan, column, from);
        break;
      case Kind.NUMBER:
        if (tag === Four.N) behind = this.number(plan, column, from);
        break;
      case Kind.BINARY:
        if (tag === Four.B) behind = this.binary(plan, column, from);
        break;
      case Kind.BOOLEAN:
        if (tag === Four.BOOL) behind = this.boolean(plan, column, from);
        break;
      case Kind.JSON:
        behind = this.json(plan, column, tag, from);
    }
    if (tag === Four.NULL && column >= plan.keyColumns) behind = this.nothing(from);
    return behind >= 0 && bytes[behind] === Ascii.CLOSE ? behind + 1 : -1;
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
    const start = this.scratch.used;
    this.strings.wroteSpecials = false;
    const behind = this.strings.decode(at);
    this.setInScratch(plan, column, start);
    return behind;
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
    const quote = this.source.quoteFrom(at);
    const canonical =
      quote < 0 ? undefined : canonicalNumber(this.source.bytes.toString('latin1', at, quote));
    if (canonical === undefined) return -1;
    const fits =
      plan.kinds[column] === Kind.JSON ||
      (integerDigits(canonical) <= (plan.integerDigits[column] as number) &&
        scaleOf(canonical) <= (plan.scales[column] as number) &&
        (plan.int64[column] === 0 || isInt64(canonical)));
    if (!fits) return -1;
    const start = this.scratch.used;
    this.strings.wroteSpecials = false;
    this.scratch.writeAscii(canonical, quote - at);
    this.setInScratch(plan, column, start);
    return quote + 1;
  }

  private binary(plan: Plan, column: number, at: number): number {
    const { bytes } = this.source;
    const { scratch } = this;
    const quote = base64End(bytes, at);
    if (quote < 0) return -1;
    const start = scratch.used;
    scratch.used = decodeBase64(bytes, at, quote, scratch.bytes, start);
    this.strings.wroteSpecials = false;
    this.setInScratch(plan, column, start);
    return quote + 1;
  }

  private boolean(plan: Plan, column: number, at: number): number {
    const { starts } = plan.cells;
    let behind = this.endOfTrue(at);
    if (behind >= 0) {
      starts[column] = 1;
      return behind;
    }
    behind = this.endOfFalse(at);
    if (behind >= 0) starts[column] = 0;
    return behind;
  }

  private nothing(at: number): number {
    return this.endOfTrue(at);
  }

  /** Scalars stand in the block as they have to stand in the cell, if they need not be rewritten. */
  private json(plan: Plan, column: number, tag: number, at: number): number {
    const { source } = this;
    let quote = -1;
    switch (tag) {
      case Four.S:
        quote = source.quoteFrom(at);
        if (source.backslash < quote) break;
        if (quote >= 0) this.setInBlock(plan, column, at - 1, quote + 1);
        return quote < 0 ? -1 : quote + 1;
      case Four.N:
        quote = this.numbers.end(at);
        if (quote < 0) return this.normalizedNumber(plan, column, at);
        this.setInBlock(plan, column, at, quote);
        return quote + 1;
      case Four.B:
        quote = base64End(source.bytes, at);
        if (quote < 0) return -1;
        this.setInBlock(plan, column, at - 1, quote + 1);
        return quote + 1;
      case Four.BOOL: {
        const behind = Math.max(this.endOfTrue(at), this.endOfFalse(at));
        this.setInBlock(plan, column, at + COLON_BYTES, behind);
        return behind;
      }
      case Four.NULL:
        return -1;
    }
    const start = this.scratch.used;
    this.strings.wroteSpecials = false;
    const behind = this.documents.content(tag, at, 0);
    this.setInScratch(plan, column, start);
    return behind;
  }

  private endOfTrue(at: number): number {
    const { view } = this.source;
    return view.getInt32(at, true) === Four.COLON_TR && view.getInt32(at + 2, true) === Four.TRUE
      ? at + 6
      : -1;
  }

  private endOfFalse(at: number): number {
    const { view } = this.source;
    return view.getInt32(at, true) === Four.COLON_FA && view.getInt32(at + 3, true) === Four.ALSE
      ? at + 7
      : -1;
  }

  private setInBlock(plan: Plan, column: number, start: number, end: number): void {
    const { cells } = plan;
    cells.starts[column] = start;
    cells.ends[column] = end;
    cells.flags[column] = 0;
  }

  /** The cell is what has been written to the scratch buffer from `start` on. */
  private setInScratch(plan: Plan, column: number, start: number): void {
    const { cells } = plan;
    cells.starts[column] = start;
    cells.ends[column] = this.scratch.used;
    cells.flags[column] = this.strings.wroteSpecials ? IN_SCRATCH | HAS_SPECIALS : IN_SCRATCH;
  }
}
