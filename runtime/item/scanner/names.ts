import { Buffer } from 'node:buffer';
import { firstMarked, markStringEnd } from './ascii';

/** Stands between a name's closing quote and its value's tag. */
const BEHIND_QUOTE = ':{"';
const WORD_BYTES = 4;
const HASH_FACTOR = 0x9e3779b1;

/**
 * The attributes that have columns of their own, found by the bytes of `"name":{"`. Names are written as JSON.stringify
 * does; one that a line writes with other escapes is not found.
 */
export class Names {
  /** Bytes of `"name":{"` per column; 0 for a column that is no attribute's. */
  readonly lengths: Int32Array;
  /** Index of each column's first word; one more for the end. */
  private readonly firsts: Int32Array;
  /** `"name":{"` in words; the last word of each is its last four bytes, so it overlaps the one before it. */
  private readonly words: Int32Array;
  /** Column + 1 by hash, 0 for none. */
  private readonly table: Int32Array;

  /** @param attributes by column, `undefined` where a column is no attribute's */
  constructor(attributes: readonly (string | undefined)[]) {
    const texts = attributes.map((name) =>
      Buffer.from(name === undefined ? '' : JSON.stringify(name) + BEHIND_QUOTE),
    );
    this.lengths = Int32Array.from(texts, (text) => text.length);
    this.firsts = new Int32Array(texts.length + 1);
    const words: number[] = [];
    texts.forEach((text, column) => {
      for (let at = 0; at + WORD_BYTES < text.length; at += WORD_BYTES) words.push(text.readInt32LE(at));
      if (text.length > 0) words.push(text.readInt32LE(text.length - WORD_BYTES));
      this.firsts[column + 1] = words.length;
    });
    this.words = Int32Array.from(words);
    this.table = new Int32Array(2 ** Math.ceil(Math.log2(4 * texts.length)));
    texts.forEach((text, column) => {
      if (text.length > 0) this.enter(text, column);
    });
  }

  /** Whether a column's `"name":{"` stands at `at`; there have to be so many bytes. */
  isAt(view: DataView, at: number, column: number): boolean {
    const { words, firsts } = this;
    const last = (firsts[column + 1] as number) - 1;
    let i = at;
    for (let word = firsts[column] as number; word < last; word++, i += WORD_BYTES) {
      if (view.getInt32(i, true) !== words[word]) return false;
    }
    return view.getInt32(at + (this.lengths[column] as number) - WORD_BYTES, true) === words[last];
  }

  /** The column whose `"name":{"` begins at `at`, −1 without. */
  find(view: DataView, at: number): number {
    const { table } = this;
    const mask = table.length - 1;
    const bytes = view.byteLength;
    for (let slot = hash(view, at + 1) & mask; ; slot = (slot + 1) & mask) {
      const column = (table[slot] as number) - 1;
      if (column < 0) return -1;
      if (at + (this.lengths[column] as number) <= bytes && this.isAt(view, at, column)) return column;
    }
  }

  private enter(text: Buffer, column: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let slot = hash(new DataView(text.buffer, text.byteOffset, text.length), 1) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = column + 1;
  }
}

/** Hash of the bytes from `at` on, up to the first quote or control character. */
function hash(view: DataView, at: number): number {
  const last = view.byteLength - WORD_BYTES;
  let value = 0;
  for (let i = at; i <= last; i += WORD_BYTES) {
    const four = view.getInt32(i, true);
    const marks = markStringEnd(four);
    if (marks !== 0) return mix(value, four & ((1 << (8 * firstMarked(marks))) - 1));
    value = mix(value, four);
  }
  return value;
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, HASH_FACTOR);
  return product ^ (product >>> 15);
}
