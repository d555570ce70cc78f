import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { linkedController } from '../abort';
import { AwsFault } from '../aws/faults';
import type { AwsServices } from '../aws/services';
import { type Clock, LocalClock } from '../clock';
import { DataFileCorrupt, DataFileMissing } from './errors';
import { hashed } from './hashed';
import { countLines, joined, LineTooLong, wholeLines } from './lines';
import type { DataFile } from './manifest-text';
import { readObject } from './object-reader';

/** Larger pieces than zlib's own 16 KiB, in and out, make it more than twice as fast. */
const PIECE_BYTES = 256 * 1024;
/** A block is what zlib's thread decompresses at once. It works on the next block while this one is decoded. */
const BLOCK_BYTES = PIECE_BYTES;
/** An item has up to 400 KB. Base64, escapes and type names make its line longer, by a factor of about ten at most. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** S3's codes for an object that does not exist. A missing bucket has another one: exports into it would fail too. */
const MISSING_OBJECT = ['NoSuchKey', 'NotFound'];

/** Decompresses a gzip file. Throws zlib's errors (codes `Z_…`) when the file is damaged or ends early. */
export type Decompress = (compressed: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

export interface ReadBlocksOptions {
  /** For the pauses between attempts; default: the machine's. */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: zlib in its own threads. */
  readonly decompress?: Decompress | undefined;
}

/**
 * Reads the lines of a data file in blocks of about 256 KiB, each of whole lines and ending with a newline (rule X1). MD5, gzip
 * checksum and number of lines are known only at the end: the blocks are valid once the iteration has ended without an
 * error. Memory is a few blocks, whatever the file's size. Stopping early closes the connection.
 * @throws DataFileCorrupt, DataFileMissing, ObjectChanged, AwsFault, or the signal's reason
 */
export async function* readBlocks(
  aws: AwsServices,
  bucket: string,
  file: DataFile,
  { clock = new LocalClock(), signal, decompress = gunzip }: ReadBlocksOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const address = `s3://${bucket}/${file.key}`;
  // Ends a read that waits for the network when the caller stops early.
  const { controller: left, unlink } = linkedController(signal);
  const hash = createHash('md5');
  let items = 0;
  try {
    const compressed = hashed(readObject(aws, bucket, file.key, clock, left.signal), hash);
    for await (const block of wholeLines(decompress(compressed), BLOCK_BYTES, LONGEST_LINE_BYTES)) {
      items += countLines(block);
      yield block;
    }
  } catch (error) {
    throw isMissingObject(error)
      ? new DataFileMissing(address, error)
      : (corruption(error, address) ?? error);
  } finally {
    unlink();
    left.abort();
  }
  const md5 = hash.digest('base64');
  if (md5 !== file.md5) throw new DataFileCorrupt(address, 'MD5', file.md5, md5);
  if (items !== file.items) throw new DataFileCorrupt(address, 'items', String(file.items), String(items));
}

async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGunzip({ chunkSize: PIECE_BYTES });
  // The stream passes a failure of either side to its reader.
  pipeline(joined(compressed, PIECE_BYTES), stream, () => undefined);
  for await (const piece of stream) yield piece as Uint8Array;
}

/** Whether S3 says that an object does not exist, and not that reading it is denied. */
function isMissingObject(error: unknown): error is AwsFault {
  return error instanceof AwsFault && error.operation === 'GetObject' && MISSING_OBJECT.includes(error.code);
}

function corruption(error: unknown, address: string): DataFileCorrupt | undefined {
  if (error instanceof LineTooLong) {
    return new DataFileCorrupt(address, 'gzip', 'lines of one item each', error.message, { cause: error });
  }
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || !code.startsWith('Z_')) return undefined;
  return new DataFileCorrupt(address, 'gzip', 'a whole gzip file', String(message), {
    cause: error as Error,
  });
}
