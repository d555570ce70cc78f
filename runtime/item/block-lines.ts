import { Buffer, isUtf8 } from 'node:buffer';
import { MalformedItem, MalformedLine } from './malformed';

const NEWLINE = 10;

/** Passes every line of a block to `take`, with its index from 0. Returns their number. */
export function eachLine(block: Uint8Array, take: (line: Buffer, index: number) => void): number {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  let lines = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    take(bytes.subarray(start, end), lines++);
    start = end + 1;
  }
  return lines;
}

/** Reads the text of one line. `index`: of the line in its block, from 0. @throws MalformedLine */
export function readLine<T>(line: Buffer, index: number, read: (text: string) => T): T {
  if (!isUtf8(line)) throw new MalformedLine(index, 'it is not UTF-8');
  try {
    return read(line.toString('utf8'));
  } catch (error) {
    if (error instanceof MalformedItem) throw new MalformedLine(index, error.reason, { cause: error });
    throw error;
  }
}
