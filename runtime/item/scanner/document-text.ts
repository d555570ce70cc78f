import { Ascii, Four } from './ascii';
import type { Entries } from './entries';
import type { ScalarText } from './scalar-text';
import type { Scratch } from './scratch';
import type { SetText } from './set-text';
import type { Source } from './source';
import type { StringText } from './string-text';
import { compareTexts } from './text-compare';

/** Bytes of a tag that are read at once. */
const TAG_BYTES = 4;
/** Deepest nesting that the scanner reads; DynamoDB allows 32. */
const DEEPEST = 64;

/**
 * Rewrites values from DynamoDB JSON to the plain JSON of document.ts, into the scratch buffer. Every method returns the
 * index after what it read, or −1 if the text needs the exact decoder.
 */
export class DocumentText {
  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
    private readonly scalars: ScalarText,
    private readonly strings: StringText,
    private readonly sets: SetText,
    private readonly entries: Entries,
  ) {}

  /** Reads a value's content, from after its tag's word, without the `}` after it. */
  content(tag: number, at: number, depth: number): number {
    switch (tag) {
      case Four.S:
        return this.scalars.string(at);
      case Four.N:
        return this.scalars.number(at);
      case Four.M:
        return depth < DEEPEST ? this.map(at, depth + 1) : -1;
      case Four.L:
        return depth < DEEPEST ? this.list(at, depth + 1) : -1;
      case Four.BOOL:
        return this.scalars.boolean(at);
      case Four.NULL:
        return this.scalars.nothing(at);
      case Four.B:
        return this.scalars.binary(at);
      case Four.SS:
      case Four.NS:
      case Four.BS:
        return this.sets.set(tag, at);
      default:
        return -1;
    }
  }

  /**
   * Reads a member of an object from its name's opening quote on, and adds it to the entries. Names with escapes are left to the
   * exact decoder, as their order is not that of their bytes.
   */
  member(at: number, depth: number): number {
    const { scratch } = this;
    const { backslash, bytes, view } = this.source;
    const start = scratch.used;
    scratch.bytes[scratch.used++] = Ascii.QUOTE;
    const afterName = this.strings.copyJson(at + 1);
    if (afterName < 0 || backslash < afterName) return -1;
    if (view.getInt32(afterName - 1, true) !== Four.AFTER_NAME) return -1;
    const nameEnd = scratch.used - 1;
    scratch.bytes[scratch.used++] = Ascii.COLON;
    const tagAt = afterName + 3;
    const after = this.content(view.getInt32(tagAt, true), tagAt + TAG_BYTES, depth);
    if (after < 0 || bytes[after] !== Ascii.CLOSE) return -1;
    this.entries.pushNamed(start, nameEnd, scratch.used);
    return after + 1;
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
      for (; ; at++) {
        if (bytes[at] !== Ascii.QUOTE) return -1;
        at = this.member(at, depth);
        if (at < 0) return -1;
        if (ordered && !entries.isLastInOrder(base, compareTexts)) ordered = false;
        if (bytes[at] !== Ascii.COMMA) break;
        scratch.bytes[scratch.used++] = Ascii.COMMA;
      }
      if (bytes[at] !== Ascii.CLOSE) return -1;
      if (!ordered) {
        if (!entries.sort(base, compareTexts)) return -1;
        entries.rewrite(base, textStart);
      }
    }
    entries.height = base;
    scratch.bytes[scratch.used++] = Ascii.CLOSE;
    return at + 1;
  }

  private list(from: number, depth: number): number {
    const { scratch } = this;
    const { bytes } = this.source;
    scratch.bytes[scratch.used++] = Ascii.OPEN_LIST;
    let at = from;
    if (bytes[at] !== Ascii.CLOSE_LIST) {
      for (; ; at++) {
        at = this.value(at, depth);
        if (at < 0) return -1;
        if (bytes[at] !== Ascii.COMMA) break;
        scratch.bytes[scratch.used++] = Ascii.COMMA;
      }
      if (bytes[at] !== Ascii.CLOSE_LIST) return -1;
    }
    scratch.bytes[scratch.used++] = Ascii.CLOSE_LIST;
    return at + 1;
  }

  /** Reads an element of a list, from its `{` on. */
  private value(at: number, depth: number): number {
    const { bytes, view } = this.source;
    if (bytes[at] !== Ascii.OPEN || bytes[at + 1] !== Ascii.QUOTE) return -1;
    const after = this.content(view.getInt32(at + 2, true), at + 2 + TAG_BYTES, depth);
    return after >= 0 && bytes[after] === Ascii.CLOSE ? after + 1 : -1;
  }
}
