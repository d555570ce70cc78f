import { Ascii, Four } from './ascii';
import { compareBase64 } from './base64-text';
import type { Entries } from './entries';
import type { ScalarText } from './scalar-text';
import type { Scratch } from './scratch';
import type { Source } from './source';
import { compareNumberTexts, type CompareTexts, compareTexts } from './text-compare';

/** Writes sets as JSON arrays, sorted as document.ts sorts them, into the scratch buffer. */
export class SetText {
  /** Whether the elements read so far came in order. */
  private ordered = true;

  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
    private readonly scalars: ScalarText,
    private readonly entries: Entries,
  ) {}

  /** @param at behind the tag's word. Answers the index behind the set, −1 for what only the exact decoder may judge */
  set(tag: number, at: number): number {
    const { entries, scratch } = this;
    const { bytes } = this.source;
    if (bytes[at] !== Ascii.OPEN_LIST) return -1;
    scratch.bytes[scratch.used++] = Ascii.OPEN_LIST;
    const textStart = scratch.used;
    const base = entries.height;
    this.ordered = true;
    const end = bytes[at + 1] === Ascii.CLOSE_LIST ? at + 1 : this.elements(tag, at + 1);
    if (end < 0 || bytes[end] !== Ascii.CLOSE_LIST) return -1;
    if (!this.ordered) {
      entries.sort(base, comparison(tag));
      entries.rewrite(base, textStart);
    }
    entries.height = base;
    scratch.bytes[scratch.used++] = Ascii.CLOSE_LIST;
    return end + 1;
  }

  /** Answers the index behind the last element. */
  private elements(tag: number, from: number): number {
    const { entries, scratch } = this;
    const { bytes } = this.source;
    const base = entries.height;
    const compare = comparison(tag);
    for (let at = from; ; at++) {
      if (bytes[at] !== Ascii.QUOTE) return -1;
      at = this.element(tag, at + 1);
      if (this.ordered && !entries.isLastInOrder(base, compare)) this.ordered = false;
      if (at < 0 || bytes[at] !== Ascii.COMMA) return at;
      scratch.bytes[scratch.used++] = Ascii.COMMA;
    }
  }

  /** Escapes are left to the exact decoder: the order of their texts is not that of what they stand for. */
  private element(tag: number, at: number): number {
    const { entries, scalars, scratch } = this;
    const start = scratch.used;
    if (tag === Four.NS) {
      const behind = scalars.number(at);
      if (behind >= 0) entries.push(start, scratch.used, scratch.used);
      return behind;
    }
    const { backslash } = this.source;
    const behind = tag === Four.SS ? scalars.string(at) : scalars.binary(at);
    if (behind < 0 || backslash < behind) return -1;
    if (tag === Four.SS) entries.pushNamed(start, scratch.used - 1, scratch.used);
    else entries.push(start, scratch.used - 1, scratch.used);
    return behind;
  }
}

function comparison(tag: number): CompareTexts {
  return tag === Four.SS ? compareTexts : tag === Four.NS ? compareNumberTexts : compareBase64;
}
