import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { HASH_SPACE } from '../partition-hash';
import { type Random, shuffle } from '../random';
import type { ExportLine } from './lines';

/** A data file and its line in the manifest. */
export interface DataFile {
  readonly key: string;
  readonly body: Buffer;
  readonly manifestLine: string;
}

const LINES_PER_PIECE = 1000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export const md5 = (bytes: Buffer | string): Buffer => createHash('md5').update(bytes).digest();

/**
 * The data files of an export, in random order.
 * @param count number of files; lines are distributed over them by hash range
 */
export function dataFiles(
  lines: Iterable<ExportLine>,
  count: number,
  folder: string,
  random: Random,
): { readonly files: readonly DataFile[]; readonly itemCount: number; readonly bytes: number } {
  const ranges = Array.from({ length: count }, () => new LineBuffer());
  let itemCount = 0;
  let bytes = 0;
  for (const line of lines) {
    itemCount++;
    bytes += line.bytes;
    ranges[Math.floor((line.hash / HASH_SPACE) * count)]?.add(line.text);
  }
  shuffle(ranges, random);
  for (const range of ranges) range.flush();
  // One for all files: V8 collects all garbage for every 64 MB outside of its heap, which takes a second with a million items.
  const scratch = Buffer.allocUnsafe(Math.max(...ranges.map((range) => range.bytes)));
  return { files: ranges.map((range) => dataFile(range, folder, { random, scratch })), itemCount, bytes };
}

function dataFile(
  range: LineBuffer,
  folder: string,
  { random, scratch }: { readonly random: Random; readonly scratch: Buffer },
): DataFile {
  const body = range.zipped(scratch);
  const name = Array.from({ length: 26 }, () => BASE32[random.integer(0, 32)]).join('');
  const key = `${folder}/${name}.json.gz`;
  const entry = {
    itemCount: range.lineCount,
    md5Checksum: md5(body).toString('base64'),
    etag: `${md5(md5(body)).toString('hex')}-1`,
    dataFileS3Key: key,
  };
  return { key, body, manifestLine: `${JSON.stringify(entry)}\n` };
}

/** Collects the lines of one data file without joining them into one string. */
class LineBuffer {
  lineCount = 0;
  /** Of all lines before the last flush. */
  bytes = 0;
  private lines: string[] = [];
  private readonly pieces: string[] = [];

  add(line: string): void {
    this.lineCount++;
    if (this.lines.push(line) >= LINES_PER_PIECE) this.flush();
  }

  flush(): void {
    const piece = this.lines.join('');
    this.lines = [];
    this.pieces.push(piece);
    this.bytes += Buffer.byteLength(piece);
  }

  /** @param scratch has room for all lines */
  zipped(scratch: Buffer): Buffer {
    let length = 0;
    for (const piece of this.pieces) length += scratch.write(piece, length);
    return gzip(scratch.subarray(0, length));
  }
}

/** Gzip with the same header as AWS's files: no time, unknown operating system. */
function gzip(bytes: Buffer): Buffer {
  const zipped = gzipSync(bytes, bytes.length === 0 ? {} : { level: 1 });
  zipped.writeUInt32LE(0, 4);
  zipped[8] = 0;
  zipped[9] = 0xff;
  return zipped;
}
