import {
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBAppender,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Cell } from '../../item/column';
import { MAX_DECIMAL_DIGITS, chunkType, type StorageType } from './types';

/** A cell, or epoch ms for a timestamp. */
export type StoredValue = Cell | number;

export interface WrittenColumn {
  readonly name: string;
  readonly type: StorageType;
}

/** DuckDB's vector size: rows of one chunk. */
const CHUNK_ROWS = 2048;
/** Rows given to DuckDB are held as they are until flushed into the table's compressed storage. */
const FLUSH_BYTES = 4 * 1024 * 1024;

/** Appends rows to one table, chunk by chunk, inside the transaction of the appender's connection. */
export class TableWriter {
  private readonly chunk: DuckDBDataChunk;
  private unflushedBytes = 0;

  /** @param columns all of the table's, in its order */
  constructor(
    private readonly appender: DuckDBAppender,
    private readonly columns: readonly WrittenColumn[],
  ) {
    this.chunk = DuckDBDataChunk.create(columns.map(({ type }) => chunkType(type)));
  }

  /** @param places for each of the table's columns its position in a row, or -1 for NULL */
  append(rows: readonly (readonly StoredValue[])[], places: readonly number[]): void {
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows.length - start);
      this.chunk.reset();
      this.chunk.rowCount = count;
      this.columns.forEach(({ type }, column) => {
        this.fill(column, type, rows, places[column] ?? -1, start, count);
      });
      this.appender.appendDataChunk(this.chunk);
      this.unflushedBytes += count * this.columns.length * 8;
      if (this.unflushedBytes >= FLUSH_BYTES) this.flush();
    }
  }

  close(): void {
    this.appender.closeSync();
  }

  /** Throws away what is not flushed. Closing, or the garbage collector, would write it, after a rollback on its own. */
  discard(): void {
    this.appender.clear();
    this.appender.closeSync();
  }

  private flush(): void {
    this.appender.flushSync();
    this.unflushedBytes = 0;
  }

  private fill(
    column: number,
    type: StorageType,
    rows: readonly (readonly StoredValue[])[],
    place: number,
    start: number,
    count: number,
  ): void {
    const vector = this.chunk.getColumnVector(column);
    for (let i = 0; i < count; i++) {
      const value = place < 0 ? null : (rows[start + i]?.[place] ?? null);
      if (typeof value === 'string') this.unflushedBytes += value.length;
      else if (value instanceof Uint8Array) this.unflushedBytes += value.byteLength;
      vector.setItem(i, value === null ? null : encode(value, type));
    }
    vector.flush();
  }
}

function encode(value: StoredValue, type: StorageType): DuckDBValue {
  switch (type.storage) {
    case 'text':
    case 'json':
    case 'digits':
    case 'boolean':
      if (typeof value === 'string' || typeof value === 'boolean') return value;
      break;
    case 'blob':
      if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
      break;
    case 'bigint':
      if (typeof value === 'string') return BigInt(value);
      break;
    case 'decimal':
      if (typeof value === 'string') {
        return new DuckDBDecimalValue(scaled(value, type.scale), MAX_DECIMAL_DIGITS, type.scale);
      }
      break;
    case 'timestamp':
      if (typeof value === 'number') return new DuckDBTimestampValue(BigInt(value) * 1000n);
      break;
  }
  throw new TypeError(`a ${typeof value} in a ${type.storage} column`);
}

/** Digits as the whole number that a DECIMAL of this scale stores; DuckDB's own cast from text is far slower. */
function scaled(digits: string, scale: number): bigint {
  const point = digits.indexOf('.');
  if (point < 0) return BigInt(digits + '0'.repeat(scale));
  const fraction = digits.length - point - 1;
  if (fraction > scale) throw new RangeError(`${digits} has more than ${scale} digits after the point`);
  return BigInt(digits.slice(0, point) + digits.slice(point + 1) + '0'.repeat(scale - fraction));
}
