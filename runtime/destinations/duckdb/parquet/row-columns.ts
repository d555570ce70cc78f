import type { Cell, ColumnType } from '../../../item/column';
import { IN_SCRATCH, RowCells, type RowSink } from '../../../item/row-cells';
import { MAX_DECIMAL_DIGITS, sqlType, storageType } from '../types';
import { type ParquetColumn, parquetColumn, type ParquetType } from './column';
import { parquetColumnName, parquetFile } from './file';

/** Digits of a decimal that fit into 64 bits. */
const NARROW_DECIMAL_DIGITS = 18;

/** Rows on their way into DuckDB, collected column by column for a Parquet file. */
export class RowColumns implements RowSink {
  private readonly columns: readonly ParquetColumn[];
  private rows = 0;
  private kept = 0;

  constructor(private readonly types: readonly ColumnType[]) {
    this.columns = types.map((type) => parquetColumn(parquetType(type)));
  }

  /** Rows of values, each in the order of `types`. */
  static of(types: readonly ColumnType[], rows: Iterable<readonly Cell[]>): RowColumns {
    const columns = new RowColumns(types);
    const cells = new RowCells(types);
    for (const row of rows) {
      cells.clear();
      row.forEach((cell, column) => cells.set(column, cell));
      columns.row(cells);
    }
    return columns;
  }

  get isEmpty(): boolean {
    return this.rows === 0;
  }

  /** Approximate size of all values, in bytes. */
  get bytes(): number {
    return this.columns.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  row({ starts, ends, flags, block, scratch }: RowCells): void {
    const { columns, rows } = this;
    for (let i = 0; i < columns.length; i++) {
      const start = starts[i] as number;
      if (start < 0) continue;
      const source = (flags[i] as number) & IN_SCRATCH ? scratch : block;
      (columns[i] as ParquetColumn).add(rows, source, start, ends[i] as number);
    }
    this.rows = rows + 1;
  }

  /** From now on `rewind` returns to this point. */
  keep(): void {
    this.kept = this.rows;
    for (const column of this.columns) column.keep();
  }

  rewind(): void {
    this.rows = this.kept;
    for (const column of this.columns) column.rewind(this.rows);
  }

  clear(): void {
    this.rows = this.kept = 0;
    for (const column of this.columns) column.clear();
  }

  /** A Parquet file's bytes, valid until the next change. */
  toFile(): readonly Uint8Array[] {
    return parquetFile(this.columns, this.rows);
  }

  /** SQL for the values of each column, in its type in DuckDB's tables, when the file is read. */
  expressions(): readonly string[] {
    return this.types.map((type, position) => {
      const name = parquetColumnName(position);
      return parquetType(type).kind === 'decimal' ? `${name}::${sqlType(storageType(type))}` : name;
    });
  }
}

function parquetType(type: ColumnType): ParquetType {
  const stored = storageType(type);
  switch (stored.storage) {
    case 'text':
    case 'digits':
      return { kind: 'text' };
    case 'json':
    case 'boolean':
      return { kind: stored.storage };
    case 'blob':
      return { kind: 'bytes' };
    case 'bigint':
    case 'timestamp':
      return { kind: 'integer' };
    case 'decimal': {
      const narrow = type.kind === 'number' && type.integerDigits + type.scale <= NARROW_DECIMAL_DIGITS;
      const precision = narrow ? NARROW_DECIMAL_DIGITS : MAX_DECIMAL_DIGITS;
      return { kind: 'decimal', precision, scale: stored.scale };
    }
  }
}
