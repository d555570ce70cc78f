import type { Catalog } from '../catalog';
import type { ColumnType } from '../column';
import { RowCells } from '../row-cells';
import { Names } from './names';

/** A const enum, for the same reason as in ascii.ts. */
export const enum Kind {
  TEXT,
  NUMBER,
  BINARY,
  BOOLEAN,
  JSON,
}

const KINDS: Record<ColumnType['kind'], Kind> = {
  text: Kind.TEXT,
  number: Kind.NUMBER,
  binary: Kind.BINARY,
  boolean: Kind.BOOLEAN,
  json: Kind.JSON,
};

/** More digits than any number has. */
const ANY = 255;
/** The row counter is a 32-bit integer. */
const LAST_ROW = 2 ** 31 - 1;

/** A catalog in the form that the scanner needs: numbers by column. Remembers from row to row which column is likely to follow. */
export class Plan {
  readonly cells: RowCells;
  readonly names: Names;
  readonly keyColumns: number;
  /** Index of the column that other attributes share; −1 if there is none. */
  readonly shared: number;
  /** Whether the shared column holds the whole item. */
  readonly whole: boolean;
  readonly dropReplicationAttributes: boolean;
  readonly kinds: Uint8Array;
  /** Limits of number columns. Those of other kinds accept any number. */
  readonly integerDigits: Uint8Array;
  readonly scales: Uint8Array;
  /** 1 for a number column that takes only 64-bit integers. */
  readonly int64: Uint8Array;
  /** The column that followed each column in its last row; the last element is the first column of a row. */
  readonly followers: Int32Array;
  /** The row in which each column was last seen. */
  readonly seen: Int32Array;
  /** Number of the row being scanned. */
  row = 0;

  constructor(catalog: Catalog) {
    const { columns, options } = catalog;
    const types = columns.map(({ type }) => type);
    this.shared = columns.findIndex(({ role }) => role === 'rest' || role === 'document');
    this.cells = new RowCells(types);
    this.names = new Names(columns.map(({ attribute }, i) => (i === this.shared ? undefined : attribute)));
    this.keyColumns = catalog.keyColumns.length;
    this.whole = options.layout === 'document';
    this.dropReplicationAttributes = options.dropReplicationAttributes;
    this.kinds = Uint8Array.from(types, ({ kind }) => KINDS[kind]);
    this.integerDigits = Uint8Array.from(types, (type) =>
      type.kind === 'number' ? type.integerDigits : ANY,
    );
    this.scales = Uint8Array.from(types, (type) => (type.kind === 'number' ? type.scale : ANY));
    this.int64 = Uint8Array.from(types, (type) => (type.kind === 'number' && type.int64 ? 1 : 0));
    this.seen = new Int32Array(columns.length);
    this.followers = new Int32Array(columns.length + 1);
    const own = columns.flatMap((_, i) => (i === this.shared ? [] : [i]));
    own.forEach((column, i) => (this.followers[column] = own[i + 1] ?? 0));
  }

  /** Sets all cells to NULL, for the next row. */
  startRow(): void {
    this.cells.starts.fill(-1);
    if (++this.row < LAST_ROW) return;
    this.seen.fill(0);
    this.row = 1;
  }

  hasKey(): boolean {
    for (let key = 0; key < this.keyColumns; key++) if (this.seen[key] !== this.row) return false;
    return true;
  }
}
