import { Buffer } from 'node:buffer';
import type { Cell, ColumnType } from './column';

/** Flags of a cell: where its bytes stand, and whether a text format has to look at them one by one. */
export const IN_SCRATCH = 1;
/** It may hold a backslash or a control character; without this flag it holds neither. */
export const HAS_SPECIALS = 2;

const NULL = -1;
const FIRST_SCRATCH_BYTES = 64 * 1024;
// oxlint-disable-next-line no-control-regex -- that is what a special character is
const SPECIALS = /[\\\u0000-\u001f]/;

/**
 * The cells of one item on their way into a row: byte ranges, no objects. A cell's bytes are UTF-8 of a `text` or `json`
 * cell, canonical digits (ASCII) of a `number`, the bytes of a `binary`; a `boolean` is its `starts` alone, 0 or 1. They
 * stand in the block that is being decoded or, where they had to be rewritten, in the scratch buffer. Made once for a
 * set of columns and used for every item: what it shows is valid until the next item.
 */
export class RowCells {
  /** First byte per column, −1 for NULL. */
  readonly starts: Int32Array;
  /** Byte behind the last one per column. */
  readonly ends: Int32Array;
  /** `IN_SCRATCH`, `HAS_SPECIALS` per column. */
  readonly flags: Uint8Array;
  block: Uint8Array = new Uint8Array(0);
  scratch: Buffer = Buffer.alloc(0);
  /** Bytes of the scratch buffer that are taken. */
  scratchUsed = 0;

  constructor(readonly types: readonly ColumnType[]) {
    this.starts = new Int32Array(types.length).fill(NULL);
    this.ends = new Int32Array(types.length);
    this.flags = new Uint8Array(types.length);
  }

  /** All cells NULL, for the next item. */
  clear(): void {
    this.starts.fill(NULL);
    this.scratchUsed = 0;
  }

  /** Makes room in the scratch buffer, which may become another one. */
  reserve(bytes: number): void {
    const needed = this.scratchUsed + bytes;
    if (needed <= this.scratch.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.scratch.length * 2, FIRST_SCRATCH_BYTES));
    this.scratch.copy(larger, 0, 0, this.scratchUsed);
    this.scratch = larger;
  }

  /** Puts a cell that was decoded otherwise; it has to be of its column's kind. */
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

  /** A cell as a value of its own. */
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

/** Takes rows for a destination. */
export interface RowSink {
  /** One item, its cells in the order of the columns that the sink was made for. They are valid during the call only. */
  row(cells: RowCells): void;
  /** Forgets the rows taken since the last time that what it holds was sent on. */
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

  /** Gives the rows collected so far away. */
  take(): Cell[][] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }
}
