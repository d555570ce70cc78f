import { Buffer } from 'node:buffer';
import { writeInt128, writeInt64 } from './number-bytes';

/** The type of a column in a Parquet file. `integer`: 64 bits, signed. */
export type ParquetType =
  | { readonly kind: 'text' | 'json' | 'bytes' | 'boolean' | 'integer' }
  /** 18 digits fit 64 bits, 38 fit 128. */
  | { readonly kind: 'decimal'; readonly precision: 18 | 38; readonly scale: number };

const FIRST_BYTES = 1024;
/** A short copy is faster byte by byte. */
const SHORT = 40;
const LENGTH_BYTES = 4;

/** One column of a Parquet file while it is collected: its values in PLAIN encoding, and which rows have one. */
export abstract class ParquetColumn {
  /** The values of the rows that have one, one after another. */
  protected values: Uint8Array = Buffer.allocUnsafe(FIRST_BYTES);
  protected used = 0;
  /** Rows that have a value. */
  protected count = 0;
  /** A bit for each row that has a value, lowest first. All others are 0. */
  private present = new Uint8Array(FIRST_BYTES / 8);
  private kept = { used: 0, count: 0 };

  constructor(readonly type: ParquetType) {}

  /** Size of the values, in bytes. */
  get bytes(): number {
    return this.used;
  }

  get valueCount(): number {
    return this.count;
  }

  /** Valid until the next change. */
  plainValues(): Uint8Array {
    return this.values.subarray(0, this.used);
  }

  /** A bit for each of this many rows, lowest first. Valid until the next change. */
  presence(rows: number): Uint8Array {
    const bytes = (rows + 7) >> 3;
    this.reserveBits(bytes);
    return this.present.subarray(0, bytes);
  }

  /** Sets the value of a row after all rows that have one. The subclass defines the form of the bytes. */
  add(row: number, source: Uint8Array, start: number, end: number): void {
    const at = row >> 3;
    if (at >= this.present.length) this.reserveBits(at + 1);
    (this.present[at] as number) |= 1 << (row & 7);
    this.put(source, start, end);
    this.count++;
  }

  /** From now on `rewind` returns to this point. */
  keep(): void {
    this.kept = { used: this.used, count: this.count };
  }

  /** @param rows the number of rows at `keep` */
  rewind(rows: number): void {
    ({ used: this.used, count: this.count } = this.kept);
    const at = rows >> 3;
    if (at >= this.present.length) return;
    (this.present[at] as number) &= (1 << (rows & 7)) - 1;
    this.present.fill(0, at + 1);
  }

  clear(): void {
    this.used = this.count = 0;
    this.keep();
    this.present.fill(0);
  }

  protected abstract put(source: Uint8Array, start: number, end: number): void;

  /** Reserves this many bytes. Returns where they begin. */
  protected reserve(bytes: number): number {
    const { used, values } = this;
    if (used + bytes > values.length) {
      const larger = Buffer.allocUnsafe(Math.max(used + bytes, values.length * 2));
      larger.set(values.subarray(0, used));
      this.values = larger;
    }
    this.used = used + bytes;
    return used;
  }

  private reserveBits(bytes: number): void {
    const { present } = this;
    if (bytes <= present.length) return;
    this.present = new Uint8Array(Math.max(bytes, present.length * 2));
    this.present.set(present);
  }
}

export function parquetColumn(type: ParquetType): ParquetColumn {
  switch (type.kind) {
    case 'text':
    case 'json':
    case 'bytes':
      return new BytesColumn(type);
    case 'boolean':
      return new BooleanColumn(type);
    case 'integer':
      return new Int64Column(type, 0);
    case 'decimal':
      return type.precision === 18 ? new Int64Column(type, type.scale) : new Int128Column(type, type.scale);
  }
}

/** A value is its length and its bytes. */
class BytesColumn extends ParquetColumn {
  protected override put(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    let at = this.reserve(LENGTH_BYTES + length);
    const { values } = this;
    values[at++] = length;
    values[at++] = length >>> 8;
    values[at++] = length >>> 16;
    values[at++] = length >>> 24;
    if (length < SHORT) for (let i = start; i < end; i++) values[at++] = source[i] as number;
    else values.set(source.subarray(start, end), at);
  }
}

/** A value is a bit: `start`, 0 or 1, as in `RowCells`. */
class BooleanColumn extends ParquetColumn {
  protected override put(_source: Uint8Array, start: number): void {
    const at = this.count >> 3;
    if (at === this.used) this.reserve(1);
    const bit = 1 << (this.count & 7);
    if (start === 1) (this.values[at] as number) |= bit;
    else (this.values[at] as number) &= ~bit;
  }
}

/** Canonical digits become a whole number. */
abstract class NumberColumn extends ParquetColumn {
  constructor(
    type: ParquetType,
    protected readonly scale: number,
  ) {
    super(type);
  }
}

/** In eight bytes. */
class Int64Column extends NumberColumn {
  protected override put(source: Uint8Array, start: number, end: number): void {
    const at = this.reserve(8);
    writeInt64(this.values, at, source, start, end, this.scale);
  }
}

/** In sixteen bytes. */
class Int128Column extends NumberColumn {
  protected override put(source: Uint8Array, start: number, end: number): void {
    const at = this.reserve(16);
    writeInt128(this.values, at, source, start, end, this.scale);
  }
}
