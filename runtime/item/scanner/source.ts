import { Buffer } from 'node:buffer';
import { Ascii, firstMarked, Four, markStringEnd } from './ascii';

/** A line that ends this close to the block's end must be checked before words are read beyond it. */
const TAIL_BYTES = 16;

/** The block being scanned. */
export class Source {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Start of the last lines, which end in the block's tail. */
  tail = 0;
  /**
   * Index of the first backslash at or after the position read next; the block's length if there is none. A string has no
   * escapes if it ends before that.
   */
  backslash = 0;

  open(block: Uint8Array): void {
    this.bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    this.view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    this.tail = block.byteLength < TAIL_BYTES ? 0 : this.bytes.lastIndexOf(Ascii.NEWLINE, -TAIL_BYTES) + 1;
    this.passEscapes(0);
  }

  /** Index of the newline, or of the block's end, that ends the line at `at`. */
  endOfLine(at: number): number {
    const newline = this.bytes.indexOf(Ascii.NEWLINE, at);
    return newline < 0 ? this.bytes.length : newline;
  }

  /** Finds the next backslash from `at` on. */
  passEscapes(at: number): void {
    const found = this.bytes.indexOf(Ascii.BACKSLASH, at);
    this.backslash = found < 0 ? this.bytes.length : found;
  }

  /** Index of the first quote from `at` on; −1 if a control character comes before it. */
  quoteFrom(at: number): number {
    const { view } = this;
    const last = view.byteLength - 4;
    for (let i = at; i <= last; i += 4) {
      const marks = markStringEnd(view.getInt32(i, true));
      if (marks === 0) continue;
      const found = i + firstMarked(marks);
      return this.bytes[found] === Ascii.QUOTE ? found : -1;
    }
    return -1;
  }

  /** Index after the `":true` at `at`; −1 for anything else. */
  endOfTrue(at: number): number {
    const { view } = this;
    const found = view.getInt32(at, true) === Four.COLON_TR && view.getInt32(at + 2, true) === Four.TRUE;
    return found ? at + 6 : -1;
  }

  /** Index after the `":false` at `at`; −1 for anything else. */
  endOfFalse(at: number): number {
    const { view } = this;
    const found = view.getInt32(at, true) === Four.COLON_FA && view.getInt32(at + 3, true) === Four.ALSE;
    return found ? at + 7 : -1;
  }
}
