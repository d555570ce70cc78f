import { Buffer } from 'node:buffer';
import { firstMarked, markStringEnd } from './ascii';

/** The text between a name's closing quote and its value's tag. */
const AFTER_QUOTE = ':{"';
const FOUR = 4;
const EIGHT = 8;
const HASH_FACTOR = 0x9e3779b1;

/**
 * Finds attributes with their own columns by the bytes of `"name":{"`. Names are compared as JSON.stringify writes them; one
 * with other escapes is not found.
 */
export class Names {
  /** Bytes of `"name":{"`, per column; 0 for a column without an attribute. */
  readonly lengths: Int32Array;
  /** Its first four bytes, and its last four, per column. */
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  /**
   * The bytes after the first four, eight at a time, with the last eight overlapping; none for a text shorter than eight. Comparing
   * them as doubles is the fastest way. Doubles are equal exactly when the bytes are: NaN would need a byte 0x7F after one of
   * 0xF0 or more, which UTF-8 never has, and −0 would need zero bytes, which JSON never has.
   */
  private readonly rests: Float64Array;
  /** Index of each column's first number in `rests`, and one more for the end. */
  private readonly firsts: Int32Array;
  /** Column + 1, by hash; 0 for none. */
  private readonly table: Int32Array;

  /** @param attributes by column; `undefined` for a column without an attribute */
  constructor(attributes: readonly (string | undefined)[]) {
    const texts = attributes.map((name) =>
      Buffer.from(name === undefined ? '' : JSON.stringify(name) + AFTER_QUOTE),
    );
    const own = (text: Buffer) => text.length > 0;
    this.lengths = Int32Array.from(texts, (text) => text.length);
    this.heads = Int32Array.from(texts, (text) => (own(text) ? text.readInt32LE(0) : 0));
    this.tails = Int32Array.from(texts, (text) => (own(text) ? text.readInt32LE(text.length - FOUR) : 0));
    const rests = texts.map(restOf);
    this.rests = Float64Array.from(rests.flat());
    this.firsts = new Int32Array(texts.length + 1);
    rests.forEach(({ length }, column) => {
      this.firsts[column + 1] = (this.firsts[column] as number) + length;
    });
    this.table = new Int32Array(2 ** Math.ceil(Math.log2(4 * texts.length)));
    texts.forEach((text, column) => {
      if (own(text)) this.enter(text, column);
    });
  }

  /** Whether a column's `"name":{"` is at `at`. The block must have that many bytes left. */
  isAt(view: DataView, at: number, column: number): boolean {
    if (view.getInt32(at, true) !== this.heads[column]) return false;
    const end = at + (this.lengths[column] as number);
    const last = (this.firsts[column + 1] as number) - 1;
    let rest = this.firsts[column] as number;
    if (rest > last) return view.getInt32(end - FOUR, true) === this.tails[column];
    const { rests } = this;
    // Compare the end first: similar names differ there.
    if (view.getFloat64(end - EIGHT, true) !== rests[last]) return false;
    for (let i = at + FOUR; rest < last; rest++, i += EIGHT) {
      if (view.getFloat64(i, true) !== rests[rest]) return false;
    }
    return true;
  }

  /** The column whose `"name":{"` begins at `at`; −1 if there is none. */
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

function restOf(text: Buffer): number[] {
  if (text.length < EIGHT) return [];
  const doubles: number[] = [];
  for (let at = FOUR; at + EIGHT < text.length; at += EIGHT) doubles.push(text.readDoubleLE(at));
  doubles.push(text.readDoubleLE(text.length - EIGHT));
  return doubles;
}

/** Hash of the bytes from `at` on, up to the first quote or control character. */
function hash(view: DataView, at: number): number {
  const last = view.byteLength - FOUR;
  let value = 0;
  for (let i = at; i <= last; i += FOUR) {
    const four = view.getInt32(i, true);
    const marks = markStringEnd(four);
    if (marks !== 0) return spread(value, four & ((1 << (8 * firstMarked(marks))) - 1));
    value = ((value << 7) | (value >>> 25)) ^ four;
  }
  return value;
}

function spread(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, HASH_FACTOR);
  return product ^ (product >>> 15);
}
