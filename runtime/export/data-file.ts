import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { linkedController } from '../abort';
import type { AwsServices } from '../aws/services';
import { type Clock, LocalClock } from '../clock';
import { DataFileCorrupt } from './errors';
import { hashed } from './hashed';
import { countLines, joined, LineTooLong, wholeLines } from './lines';
import type { DataFile } from './manifest-text';
import { readObject } from './object-reader';

/** Larger pieces than zlib's own 16 KiB, on both of its sides, make it more than twice as fast. */
const PIECE_BYTES = 256 * 1024;
/** A block is what zlib's thread decompresses at once: it works on the next one while this one is decoded. */
const BLOCK_BYTES = PIECE_BYTES;
/** An item has 400 KB; base64, escapes and type names make its line longer, by no more than a factor of about ten. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** Turns a gzip file into its bytes. Throws what zlib throws (codes `Z_…`) when the file is damaged or ends early. */
export type Decompress = (compressed: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

export interface ReadBlocksOptions {
  /** For the pauses between two tries; default: the machine's. */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: zlib in its own threads. */
  readonly decompress?: Decompress | undefined;
}

/**
 * The lines of a data file in blocks of about 256 KiB, each of whole lines and ending with a newline (rule X1). MD5, gzip
 * checksum and number of lines are known only at the end: what came before is good when the last block has come and
 * the iteration has ended without an error. Memory is a few blocks, whatever the file's size. Leaving early closes the
 * connection.
 * @throws DataFileCorrupt, ObjectChanged, AwsFault, or the signal's reason
 */
export async function* readBlocks(
  aws: AwsServices,
  bucket: string,
  file: DataFile,
  { clock = new LocalClock(), signal, decompress = gunzip }: ReadBlocksOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const address = `s3://${bucket}/${file.key}`;
  // Lets go of a read that waits for the network when the reader leaves.
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
    throw corruption(error, address) ?? error;
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
  // The stream hands the failure of either side to its reader.
  pipeline(joined(compressed, PIECE_BYTES), stream, () => undefined);
  for await (const piece of stream) yield piece as Uint8Array;
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
