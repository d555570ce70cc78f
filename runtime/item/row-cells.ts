import { Buffer } from 'node:buffer';
import type { Cell, ColumnType } from './column';

/** Flag of a cell: its bytes are in the scratch buffer. */
export const IN_SCRATCH = 1;
/** Flag of a cell: it may contain a backslash or a control character, so a text format has to check each byte. Without it, neither occurs. */
export const HAS_SPECIALS = 2;

const NULL = -1;
const FIRST_SCRATCH_BYTES = 64 * 1024;
// oxlint-disable-next-line no-control-regex -- that is what a special character is
const SPECIALS = /[\\\u0000-\u001f]/;

/**
 * The cells of one item, as byte ranges without objects. The bytes are UTF-8 for a `text` or `json` cell, canonical digits
 * (ASCII) for a `number`, and the bytes of a `binary`; a `boolean` is only its `starts`, 0 or 1. They are in the block
 * being decoded or, if they had to be rewritten, in the scratch buffer. Created once for a set of columns and reused for
 * every item: its contents are valid until the next item.
 */
export class RowCells {
  /** Index of the first byte, per column; −1 for NULL. */
  readonly starts: Int32Array;
  /** Index after the last byte, per column. */
  readonly ends: Int32Array;
  /** `IN_SCRATCH` and `HAS_SPECIALS`, per column. */
  readonly flags: Uint8Array;
  block: Uint8Array = new Uint8Array(0);
  scratch: Buffer = Buffer.alloc(0);
  /** Bytes used in the scratch buffer. */
  scratchUsed = 0;

  constructor(readonly types: readonly ColumnType[]) {
    this.starts = new Int32Array(types.length).fill(NULL);
    this.ends = new Int32Array(types.length);
    this.flags = new Uint8Array(types.length);
  }

  /** Sets all cells to NULL, for the next item. */
  clear(): void {
    this.starts.fill(NULL);
    this.scratchUsed = 0;
  }

  /** Reserves bytes in the scratch buffer, which may be replaced by a larger one. */
  reserve(bytes: number): void {
    const needed = this.scratchUsed + bytes;
    if (needed <= this.scratch.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.scratch.length * 2, FIRST_SCRATCH_BYTES));
    this.scratch.copy(larger, 0, 0, this.scratchUsed);
    this.scratch = larger;
  }

  /** Sets a cell from a value, which must be of its column's kind. */
  set(column: number, cell: Cell): void {
    if (cell === null) {
      this.starts[column] = NULL;
      return;
    }
    if (typeof cell === 'boolean') {
      this.starts[column] = cell ? 1 : 0;
      return;
    }
    const start = this.scratchUsed;
    if (typeof cell === 'string') {
      this.reserve(cell.length * 3);
      this.scratchUsed += this.scratch.write(cell, start, 'utf8');
      this.flags[column] = IN_SCRATCH | (SPECIALS.test(cell) ? HAS_SPECIALS : 0);
    } else {
      this.reserve(cell.byteLength);
      this.scratch.set(cell, start);
      this.scratchUsed += cell.byteLength;
      this.flags[column] = IN_SCRATCH;
    }
    this.starts[column] = start;
    this.ends[column] = this.scratchUsed;
  }

  /** A copy of a cell as a value. */
  get(column: number): Cell {
    const start = this.starts[column] as number;
    if (start === NULL) return null;
    const { kind } = this.types[column] as ColumnType;
    if (kind === 'boolean') return start === 1;
    const source = (this.flags[column] as number) & IN_SCRATCH ? this.scratch : this.block;
    const bytes = source.subarray(start, this.ends[column]);
    return kind === 'binary' ? Uint8Array.from(bytes) : Buffer.from(bytes).toString('utf8');
  }
}

/** Receives rows for a destination. */
export interface RowSink {
  /** Receives one item, with cells in the order of the sink's columns. They are valid only during the call. */
  row(cells: RowCells): void;
  /** Forgets the rows received since the last flush. */
  rewind(): void;
}

/** Collects rows as values. */
export class CollectedRows implements RowSink {
  rows: Cell[][] = [];

  row(cells: RowCells): void {
    this.rows.push(cells.types.map((_, column) => cells.get(column)));
  }

  rewind(): void {
    this.rows = [];
  }

  /** Returns the rows collected so far and starts over. */
  take(): Cell[][] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }
}
