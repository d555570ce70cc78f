import { canonicalNumber } from '../number';
import { Ascii, Four } from './ascii';
import { base64End, compareBase64 } from './base64-text';
import type { Entries } from './entries';
import type { NumberText } from './number-text';
import type { Scratch } from './scratch';
import type { Source } from './source';
import type { StringText } from './string-text';
import { compareNumberTexts, compareTexts } from './text-compare';

/** What follows `{"` of a value, as far as it fits into a word. */
/** As far as a tag is read at once. */
const TAG_BYTES = 4;

/** Less than what is left of a line where a value begins. */
const LOOKAHEAD = 10;
/** DynamoDB allows 32. */
const DEEPEST = 64;

/**
 * Rewrites values from DynamoDB JSON to the plain JSON of document.ts, into the scratch buffer. Every method answers the
 * index behind what it read, and −1 for what only the exact decoder may judge.
 */
export class DocumentText {
  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
    private readonly numbers: NumberText,
    private readonly strings: StringText,
    private readonly entries: Entries,
  ) {}

  /** A value, from its `{` on. */
  value(at: number, depth: number): number {
    const { bytes, view } = this.source;
    if (at + LOOKAHEAD > bytes.length || bytes[at] !== Ascii.OPEN || bytes[at + 1] !== Ascii.QUOTE) return -1;
    const tag = view.getInt32(at + 2, true);
    const behind = this.content(tag, at + 2 + TAG_BYTES, depth);
    return behind >= 0 && bytes[behind] === Ascii.CLOSE ? behind + 1 : -1;
  }

  /** A value's content, from behind the tag's word on, without the `}` behind it. */
  content(tag: number, at: number, depth: number): number {
    switch (tag) {
      case Four.S:
        return this.string(at);
      case Four.N:
        return this.number(at);
      case Four.M:
        return depth < DEEPEST ? this.map(at, depth + 1) : -1;
      case Four.L:
        return depth < DEEPEST ? this.list(at, depth + 1) : -1;
      case Four.BOOL:
        return this.boolean(at);
      case Four.NULL:
        return this.nothing(at);
      case Four.B:
        return this.binary(at);
      case Four.SS:
      case Four.NS:
      case Four.BS:
        return this.source.bytes[at] === Ascii.OPEN_LIST ? this.set(tag, at + 1) : -1;
      default:
        return -1;
    }
  }

  /**
   * A member of an object, from behind its name's opening quote on. It becomes an entry. Names with escapes are left to the
   * exact decoder: their order is not that of their bytes.
   */
  member(at: number, depth: number): number {
    const { scratch, source } = this;
    const { backslash, view } = source;
    const start = scratch.used;
    scratch.bytes[start] = Ascii.QUOTE;
    scratch.used = start + 1;
    const behindName = this.strings.copyJson(at);
    if (behindName < 0 || backslash < behindName || behindName + LOOKAHEAD > view.byteLength) return -1;
    if (view.getInt32(behindName - 1, true) !== Four.BEHIND_NAME) return -1;
    const nameEnd = scratch.used - 1;
    scratch.bytes[scratch.used++] = Ascii.COLON;
    const tagAt = behindName + 3;
    const behind = this.content(view.getInt32(tagAt, true), tagAt + TAG_BYTES, depth);
    if (behind < 0 || source.bytes[behind] !== Ascii.CLOSE) return -1;
    this.entries.pushNamed(start, nameEnd, scratch.used);
    return behind + 1;
  }

  private map(from: number, depth: number): number {
    const { entries, scratch } = this;
    const { bytes } = this.source;
    scratch.bytes[scratch.used++] = Ascii.OPEN;
    const textStart = scratch.used;
    const base = entries.height;
    let ordered = true;
    let at = from;
    if (bytes[at] !== Ascii.CLOSE) {
      for (;;) {
        if (bytes[at] !== Ascii.QUOTE) return -1;
        at = this.member(at + 1, depth);
        if (at < 0) return -1;
        if (ordered && !entries.isLastInOrder(base, compareTexts)) ordered = false;
        if (bytes[at] !== Ascii.COMMA) break;
        scratch.bytes[scratch.used++] = Ascii.COMMA;
        at++;
      }
      if (bytes[at] !== Ascii.CLOSE) return -1;
      if (!ordered && !this.order(base, textStart)) return -1;
    }
    entries.height = base;
    scratch.bytes[scratch.used++] = Ascii.CLOSE;
    return at + 1;
  }

  /** Puts the members of an object in order; false when it has a name twice. */
  private order(base: number, textStart: number): boolean {
    if (!this.entries.sort(base, compareTexts)) return false;
    this.entries.rewrite(base, textStart);
    return true;
  }

  private list(from: number, depth: number): number {
    const { scratch } = this;
    const { bytes } = this.source;
    scratch.bytes[scratch.used++] = Ascii.OPEN_LIST;
    let at = from;
    if (bytes[at] !== Ascii.CLOSE_LIST) {
      for (;;) {
        at = this.value(at, depth);
        if (at < 0) return -1;
        if (bytes[at] !== Ascii.COMMA) break;
        scratch.bytes[scratch.used++] = Ascii.COMMA;
        at++;
      }
      if (bytes[at] !== Ascii.CLOSE_LIST) return -1;
    }
    scratch.bytes[scratch.used++] = Ascii.CLOSE_LIST;
    return at + 1;
  }

  private set(tag: number, from: number): number {
    const { entries, scratch } = this;
    const { bytes } = this.source;
    scratch.bytes[scratch.used++] = Ascii.OPEN_LIST;
    const textStart = scratch.used;
    const base = entries.height;
    const compare = tag === Four.SS ? compareTexts : tag === Four.NS ? compareNumberTexts : compareBase64;
    let ordered = true;
    let at = from;
    if (bytes[at] !== Ascii.CLOSE_LIST) {
      for (;;) {
        if (bytes[at] !== Ascii.QUOTE) return -1;
        at = this.element(tag, at + 1);
        if (at < 0) return -1;
        if (ordered && !entries.isLastInOrder(base, compare)) ordered = false;
        if (bytes[at] !== Ascii.COMMA) break;
        scratch.bytes[scratch.used++] = Ascii.COMMA;
        at++;
      }
      if (bytes[at] !== Ascii.CLOSE_LIST) return -1;
      if (!ordered) {
        entries.sort(base, compare);
        entries.rewrite(base, textStart);
      }
    }
    entries.height = base;
    scratch.bytes[scratch.used++] = Ascii.CLOSE_LIST;
    return at + 1;
  }

  /** An element of a set, which becomes an entry. Escapes are left to the exact decoder, as in names. */
  private element(tag: number, at: number): number {
    const { entries, scratch } = this;
    const start = scratch.used;
    if (tag === Four.NS) {
      const behind = this.number(at);
      if (behind >= 0) entries.push(start, scratch.used, scratch.used);
      return behind;
    }
    const { backslash } = this.source;
    const behind = tag === Four.SS ? this.string(at) : this.binary(at);
    if (behind < 0 || backslash < behind) return -1;
    if (tag === Four.SS) entries.pushNamed(start, scratch.used - 1, scratch.used);
    else entries.push(start, scratch.used - 1, scratch.used);
    return behind;
  }

  private string(at: number): number {
    const { scratch } = this;
    scratch.bytes[scratch.used++] = Ascii.QUOTE;
    return this.strings.copyJson(at);
  }

  private number(at: number): number {
    const { scratch, source } = this;
    let end = this.numbers.end(at);
    if (end >= 0) {
      scratch.copyFrom(source.view, at, end);
      return end + 1;
    }
    end = source.quoteFrom(at);
    const canonical = end < 0 ? undefined : canonicalNumber(source.bytes.toString('latin1', at, end));
    if (canonical === undefined) return -1;
    scratch.writeAscii(canonical, end - at);
    return end + 1;
  }

  private binary(at: number): number {
    const { scratch, source } = this;
    const end = base64End(source.bytes, at);
    if (end < 0) return -1;
    scratch.bytes[scratch.used++] = Ascii.QUOTE;
    scratch.copyFrom(source.view, at, end + 1);
    return end + 1;
  }

  private boolean(at: number): number {
    const { scratch } = this;
    const { view } = this.source;
    if (view.getInt32(at, true) === Four.COLON_TR && view.getInt32(at + 2, true) === Four.TRUE) {
      scratch.view.setInt32(scratch.used, Four.TRUE, true);
      scratch.used += 4;
      return at + 6;
    }
    if (view.getInt32(at, true) === Four.COLON_FA && view.getInt32(at + 3, true) === Four.ALSE) {
      scratch.view.setInt32(scratch.used, Four.FALS, true);
      scratch.bytes[scratch.used + 4] = Ascii.SMALL_E;
      scratch.used += 5;
      return at + 7;
    }
    return -1;
  }

  private nothing(at: number): number {
    const { scratch } = this;
    const { view } = this.source;
    if (view.getInt32(at, true) !== Four.COLON_TR || view.getInt32(at + 2, true) !== Four.TRUE) return -1;
    scratch.view.setInt32(scratch.used, Four.NOTHING, true);
    scratch.used += 4;
    return at + 6;
  }
}
