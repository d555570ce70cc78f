import { Buffer } from 'node:buffer';
import type { ParquetColumn, ParquetType } from './column';
import { encodeThrift, i32, i64, list, struct, text, type ThriftValue, writeVarint } from './thrift';

/** Ids of parquet.thrift. */
const PHYSICAL = { boolean: 0, int64: 2, bytes: 6, fixedBytes: 7 } as const;
const CONVERTED = { utf8: 0, decimal: 5, json: 19 } as const;
const OPTIONAL = 1;
const DATA_PAGE = 0;
const UNCOMPRESSED = 0;
const PLAIN = 0;
const RLE = 3;

const MAGIC = Buffer.from('PAR1');

/** The name of a column, by position. */
export function parquetColumnName(position: number): string {
  return `c${position}`;
}

/**
 * A Parquet file of one row group, in pieces to write one after another, which are valid until a column changes. Each
 * column is one page: which rows have a value, then the values. It has no compression and no statistics, since the
 * file is read once, immediately, and whole. Source: Apache Parquet, "File format", parquet.thrift.
 * @param columns of `rows` rows each
 */
export function parquetFile(columns: readonly ParquetColumn[], rows: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [MAGIC];
  let at = MAGIC.length;
  const chunks = columns.map((column, position) => {
    const page = dataPage(column, rows);
    const bytes = page.reduce((sum, piece) => sum + piece.length, 0);
    pieces.push(...page);
    const chunk = columnChunk(column.type, position, rows, at, bytes);
    at += bytes;
    return chunk;
  });
  const footer = encodeThrift(fileMetaData(columns, chunks, rows, at - MAGIC.length));
  return [...pieces, footer, lengthOf(footer), MAGIC];
}

function dataPage(column: ParquetColumn, rows: number): Uint8Array[] {
  const levels = definitionLevels(column, rows);
  const values = column.plainValues();
  const bytes = 4 + levels.length + values.length;
  const header = encodeThrift(
    struct({
      1: i32(DATA_PAGE),
      2: i32(bytes),
      3: i32(bytes),
      5: struct({ 1: i32(rows), 2: i32(PLAIN), 3: i32(RLE), 4: i32(RLE) }),
    }),
  );
  return [header, lengthOf(levels), levels, values];
}

/** 1 for a row with a value: one run if all are the same, otherwise one run of bits. */
function definitionLevels(column: ParquetColumn, rows: number): Uint8Array {
  const head: number[] = [];
  if (column.valueCount === rows || column.valueCount === 0) {
    writeVarint(head, rows * 2);
    head.push(column.valueCount === 0 ? 0 : 1);
    return Uint8Array.from(head);
  }
  const bits = column.presence(rows);
  writeVarint(head, bits.length * 2 + 1);
  return Buffer.concat([Uint8Array.from(head), bits]);
}

function columnChunk(type: ParquetType, position: number, rows: number, at: number, bytes: number) {
  return struct({
    2: i64(at),
    3: struct({
      1: i32(physicalType(type)),
      2: list(i32(PLAIN), i32(RLE)),
      3: list(text(parquetColumnName(position))),
      4: i32(UNCOMPRESSED),
      5: i64(rows),
      6: i64(bytes),
      7: i64(bytes),
      9: i64(at),
    }),
  });
}

function fileMetaData(
  columns: readonly ParquetColumn[],
  chunks: readonly ThriftValue[],
  rows: number,
  bytes: number,
): ThriftValue {
  const root = struct({ 4: text('rows'), 5: i32(columns.length) });
  const [first, ...others] = chunks;
  if (first === undefined) throw new RangeError('a Parquet file has at least one column');
  return struct({
    1: i32(1),
    2: list(root, ...columns.map(({ type }, position) => schemaElement(type, position))),
    3: i64(rows),
    4: list(struct({ 1: list(first, ...others), 2: i64(bytes), 3: i64(rows) })),
  });
}

function schemaElement(type: ParquetType, position: number): ThriftValue {
  const fields: Record<number, ThriftValue> = {
    1: i32(physicalType(type)),
    3: i32(OPTIONAL),
    4: text(parquetColumnName(position)),
  };
  if (type.kind === 'text') fields[6] = i32(CONVERTED.utf8);
  if (type.kind === 'json') fields[6] = i32(CONVERTED.json);
  if (type.kind === 'decimal') {
    if (type.precision === 38) fields[2] = i32(16);
    fields[6] = i32(CONVERTED.decimal);
    fields[7] = i32(type.scale);
    fields[8] = i32(type.precision);
  }
  return struct(fields);
}

function physicalType(type: ParquetType): number {
  switch (type.kind) {
    case 'text':
    case 'json':
    case 'bytes':
      return PHYSICAL.bytes;
    case 'boolean':
      return PHYSICAL.boolean;
    case 'integer':
      return PHYSICAL.int64;
    case 'decimal':
      return type.precision === 18 ? PHYSICAL.int64 : PHYSICAL.fixedBytes;
  }
}

/** Four bytes, little-endian. */
function lengthOf({ length }: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(length);
  return bytes;
}
