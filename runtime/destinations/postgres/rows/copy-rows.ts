import { Buffer } from 'node:buffer';
import type { Column } from '../../../item/column';
import { HAS_SPECIALS, IN_SCRATCH, type RowCells, type RowSink } from '../../../item/row-cells';
import { isKey } from '../../relational/columns';
import { isLongKeyOf } from '../key';
import { sqlType } from '../types';

/** Bytes sent at a time. */
const PIECE_BYTES = 256 * 1024;
const FIRST_BYTES = 2 * 1024 * 1024;
/** Shorter cells are copied byte by byte, which is faster than a call. */
const SHORT_BYTES = 32;

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const BACKSLASH = 92;
const [LOWER_N, LOWER_R, LOWER_T, LOWER_X, LOWER_F] = [110, 114, 116, 120, 102];
const UPPER_N = 78;
const HEX = Buffer.from('0123456789abcdef');

/**
 * Rows as the text of `COPY … FROM STDIN`, in one buffer that is reused: tabs between cells, a newline after each
 * row, `\N` for NULL, bytes in hexadecimal. Source: PostgreSQL manual, "COPY", "Text Format".
 */
export class CopyRows implements RowSink {
  /** The rows have a key that is too long for an index. */
  hasLongKeys = false;
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private used = 0;
  /** `rewind` does not go back beyond this position. */
  private settled = 0;
  private readonly kinds: readonly ('text' | 'bytea' | 'boolean')[];
  private readonly keys: readonly number[];

  constructor(columns: readonly Column[]) {
    this.kinds = columns.map(({ type }) => {
      const stored = sqlType(type);
      return stored === 'bytea' || stored === 'boolean' ? stored : 'text';
    });
    this.keys = columns.flatMap((column, i) => (isKey(column) ? [i] : []));
  }

  get isEmpty(): boolean {
    return this.used === 0;
  }

  row(cells: RowCells): void {
    const { starts, ends, flags, block, scratch } = cells;
    const { kinds } = this;
    this.reserve(cells);
    this.noteLongKeys(cells);
    const { buffer } = this;
    let at = this.used;
    for (let column = 0; column < kinds.length; column++) {
      if (column > 0) buffer[at++] = TAB;
      const start = starts[column] as number;
      if (start < 0) {
        buffer[at++] = BACKSLASH;
        buffer[at++] = UPPER_N;
        continue;
      }
      const kind = kinds[column];
      if (kind === 'boolean') {
        buffer[at++] = start === 1 ? LOWER_T : LOWER_F;
        continue;
      }
      const flag = flags[column] as number;
      const source = (flag & IN_SCRATCH) === 0 ? block : scratch;
      const end = ends[column] as number;
      if (kind === 'bytea') at = putHex(buffer, at, source, start, end);
      else if ((flag & HAS_SPECIALS) === 0) at = putPlain(buffer, at, source, start, end);
      else at = putEscaped(buffer, at, source, start, end);
    }
    buffer[at++] = NEWLINE;
    this.used = at;
  }

  rewind(): void {
    this.used = this.settled;
  }

  /** Sends whole pieces, and keeps the rest for the next call. `send` returns when it no longer needs its bytes. */
  async send(send: (bytes: Buffer) => Promise<void>): Promise<void> {
    let sent = 0;
    for (; this.used - sent >= PIECE_BYTES; sent += PIECE_BYTES) {
      await send(this.buffer.subarray(sent, sent + PIECE_BYTES));
    }
    this.buffer.copyWithin(0, sent, this.used);
    this.used -= sent;
    this.settled = this.used;
  }

  /** Sends everything. */
  async sendAll(send: (bytes: Buffer) => Promise<void>): Promise<void> {
    await this.send(send);
    if (this.used > 0) await send(this.buffer.subarray(0, this.used));
    this.used = 0;
    this.settled = 0;
  }

  /** Reserves space for a row: escaping at most doubles a cell, and adds at most four characters around it. */
  private reserve({ starts, ends }: RowCells): void {
    let bytes = this.used;
    for (let column = 0; column < this.kinds.length; column++) {
      bytes += 4;
      if ((starts[column] as number) >= 0 && this.kinds[column] !== 'boolean') {
        bytes += 2 * ((ends[column] as number) - (starts[column] as number));
      }
    }
    if (bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.used);
    this.buffer = larger;
  }

  private noteLongKeys({ starts, ends }: RowCells): void {
    let bytes = 0;
    for (const column of this.keys) bytes += (ends[column] as number) - (starts[column] as number);
    this.hasLongKeys ||= isLongKeyOf(bytes);
  }
}

function putPlain(buffer: Buffer, at: number, source: Uint8Array, start: number, end: number): number {
  if (end - start > SHORT_BYTES) {
    buffer.set(source.subarray(start, end), at);
    return at + end - start;
  }
  for (let i = start; i < end; i++) buffer[at++] = source[i] as number;
  return at;
}

function putEscaped(buffer: Buffer, at: number, source: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    const escape = byte > RETURN && byte !== BACKSLASH ? undefined : escapeOf(byte);
    if (escape === undefined) {
      buffer[at++] = byte;
    } else {
      buffer[at++] = BACKSLASH;
      buffer[at++] = escape;
    }
  }
  return at;
}

/** Only characters that end a cell or a row, or begin an escape, need escaping. */
function escapeOf(byte: number): number | undefined {
  switch (byte) {
    case TAB:
      return LOWER_T;
    case NEWLINE:
      return LOWER_N;
    case RETURN:
      return LOWER_R;
    case BACKSLASH:
      return BACKSLASH;
    default:
      return undefined;
  }
}

function putHex(buffer: Buffer, at: number, source: Uint8Array, start: number, end: number): number {
  buffer[at++] = BACKSLASH;
  buffer[at++] = BACKSLASH;
  buffer[at++] = LOWER_X;
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    buffer[at++] = HEX[byte >> 4] as number;
    buffer[at++] = HEX[byte & 15] as number;
  }
  return at;
}
