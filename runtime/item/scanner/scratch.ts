import { Buffer } from 'node:buffer';
import type { RowCells } from '../row-cells';

const FOUR = 4;
const EIGHT = 8;
/** More than the bytes that copying may write behind the end of what is copied. */
const OVERSHOOT = 16;
/** A call into native code costs as much as copying so many bytes. */
const LONG_BYTES = 128;

/** The scratch buffer of a row's cells while a line is scanned: written at its end, or moved about in. */
export class Scratch {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Bytes that are taken. */
  used = 0;
  private cells: RowCells | undefined;
  /** Bytes that may be read, and those by which numbers have outgrown their texts. */
  private expected = 0;

  /**
   * Begins a row. Plain JSON is never longer than the same value in DynamoDB JSON, numbers with exponents aside. There is
   * room for what is read three times: for cells, for a document that holds them too, and for putting it in order.
   */
  start(cells: RowCells, blockBytes: number): void {
    this.used = 0;
    this.cells = cells;
    this.expected = blockBytes;
    this.ensure();
    cells.scratch = this.bytes;
  }

  /** Writes ASCII in place of `insteadOf` bytes that were read. */
  writeAscii(text: string, insteadOf: number): void {
    if (text.length > insteadOf) {
      this.expected += text.length - insteadOf;
      this.ensure();
    }
    this.used += this.bytes.write(text, this.used, 'latin1');
  }

  /** Appends text of the block. */
  copyFrom(source: DataView, from: number, end: number): void {
    copyText(source, from, end, this.view, this.used);
    this.used += end - from;
  }

  /** Copies text of this buffer to a place in it that is not within it. */
  copy(from: number, end: number, to: number): void {
    if (end - from > LONG_BYTES) {
      this.bytes.copyWithin(to, from, end);
      return;
    }
    copyText(this.view, from, end, this.view, to);
  }

  private ensure(): void {
    const needed = 3 * this.expected + OVERSHOOT;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(needed);
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
    this.view = new DataView(larger.buffer, larger.byteOffset, larger.byteLength);
    (this.cells as RowCells).scratch = larger;
  }
}

/**
 * Copies eight bytes at a time, as doubles: no text is a double that a processor might change (names.ts). Reads and writes up
 * to three bytes behind the end.
 */
function copyText(source: DataView, from: number, end: number, target: DataView, to: number): void {
  let i = from;
  let o = to;
  for (; i + FOUR < end; i += EIGHT, o += EIGHT) target.setFloat64(o, source.getFloat64(i, true), true);
  if (i < end) target.setInt32(o, source.getInt32(i, true), true);
}
