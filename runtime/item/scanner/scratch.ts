import { Buffer } from 'node:buffer';
import type { RowCells } from '../row-cells';

const FOUR = 4;
const EIGHT = 8;
/** More than the bytes that a copy may write past its end. */
const OVERSHOOT = 16;
/** A call into native code costs as much as copying this many bytes. */
const LONG_BYTES = 128;

/** The scratch buffer of a row's cells while a line is scanned. */
export class Scratch {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Bytes in use. */
  used = 0;
  private cells: RowCells | undefined;
  /** Bytes of the block, plus those by which canonical numbers are longer than their original text. */
  private expected = 0;

  /**
   * Begins a row. Plain JSON is never longer than the same value in DynamoDB JSON, except for numbers with exponents. Reserves
   * three times the text: for cells, for a document that also contains them, and for sorting it.
   */
  start(cells: RowCells, blockBytes: number): void {
    this.used = 0;
    this.cells = cells;
    this.expected = blockBytes;
    this.ensure();
    cells.scratch = this.bytes;
  }

  /** Writes ASCII that replaces `insteadOf` bytes of the block. */
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

  /** Copies text within this buffer. The target must not begin inside the text. */
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
 * to three bytes past the end.
 */
function copyText(source: DataView, from: number, end: number, target: DataView, to: number): void {
  let i = from;
  let o = to;
  for (; i + FOUR < end; i += EIGHT, o += EIGHT) target.setFloat64(o, source.getFloat64(i, true), true);
  if (i < end) target.setInt32(o, source.getInt32(i, true), true);
}
