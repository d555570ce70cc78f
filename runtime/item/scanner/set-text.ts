import { Ascii, Four } from './ascii';
import { compareBase64 } from './base64-text';
import type { Entries } from './entries';
import type { ScalarText } from './scalar-text';
import type { Scratch } from './scratch';
import type { Source } from './source';
import { compareNumberTexts, type CompareTexts, compareTexts } from './text-compare';

/** Writes sets into the scratch buffer as JSON arrays, in the order of document.ts. */
export class SetText {
  /** Whether the elements read so far were in order. */
  private ordered = true;

  constructor(
    private readonly source: Source,
    private readonly scratch: Scratch,
    private readonly scalars: ScalarText,
    private readonly entries: Entries,
  ) {}

  /** @param at index after the tag's word @returns the index after the set, or −1 if the set needs the exact decoder */
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

  /** Returns the index after the last element, or −1. */
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

  /** Leaves escapes to the exact decoder: their texts are ordered differently from the characters they encode. */
  private element(tag: number, at: number): number {
    const { entries, scalars, scratch } = this;
    const start = scratch.used;
    if (tag === Four.NS) {
      const after = scalars.number(at);
      if (after >= 0) entries.push(start, scratch.used, scratch.used);
      return after;
    }
    const { backslash } = this.source;
    const after = tag === Four.SS ? scalars.string(at) : scalars.binary(at);
    if (after < 0 || backslash < after) return -1;
    if (tag === Four.SS) entries.pushNamed(start, scratch.used - 1, scratch.used);
    else entries.push(start, scratch.used - 1, scratch.used);
    return after;
  }
}

function comparison(tag: number): CompareTexts {
  return tag === Four.SS ? compareTexts : tag === Four.NS ? compareNumberTexts : compareBase64;
}
