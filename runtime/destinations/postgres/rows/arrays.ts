import { Buffer } from 'node:buffer';
import type { Cell } from '../../../item/column';

/** Object ids of types. Source: PostgreSQL's pg_type.dat. */
const TEXT = 25;
const BYTEA = 17;
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;

/**
 * Values as a `text[]` or `bytea[]` parameter in PostgreSQL's binary form, where nothing needs escaping: dimensions,
 * a flag for NULLs, the element type, length and lower bound, then each element after its length.
 * Source: array_recv in PostgreSQL's arrayfuncs.c.
 */
export function textArray(values: readonly (string | boolean | null)[]): Buffer {
  return array(TEXT, values);
}

export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  return array(BYTEA, values);
}

function array(type: number, values: readonly Cell[]): Buffer {
  const buffer = Buffer.allocUnsafe(values.reduce((bytes, value) => bytes + sizeOf(value), HEADER_BYTES));
  let at = 0;
  for (const number of [1, 1, type, values.length, 1]) at = buffer.writeInt32BE(number, at);
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    const bytes = put(buffer, at + 4, value);
    buffer.writeInt32BE(bytes, at);
    at += 4 + bytes;
  }
  return buffer;
}

function sizeOf(value: Cell): number {
  if (value === null) return 4;
  if (typeof value === 'boolean') return 5;
  return 4 + (typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength);
}

/** Returns the number of bytes written. */
function put(buffer: Buffer, at: number, value: Exclude<Cell, null>): number {
  if (typeof value === 'boolean') return buffer.write(value ? 't' : 'f', at, 'latin1');
  if (typeof value === 'string') return buffer.write(value, at, 'utf8');
  buffer.set(value, at);
  return value.byteLength;
}
