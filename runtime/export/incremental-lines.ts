import type { AwsServices } from '../aws/services';
import { eachLine, readLine } from '../item/block-lines';
import { type ChangedItem, parseChangeLine } from '../item/change-line';
import { MalformedLine } from '../item/malformed';
import { readBlocks, type ReadBlocksOptions } from './data-file';
import { corruptLine } from './errors';
import type { DataFile } from './manifest-text';

export type { ChangedItem } from '../item/change-line';

/**
 * Reads a data file of an incremental export, in pieces of about 256 KiB of its text or as long as one line, so that memory does
 * not depend on the file's size (rule X1). The items are valid once the iteration has ended without an error: MD5, gzip checksum
 * and number of lines are known only at the end. Stopping early closes the connection.
 * @throws DataFileCorrupt, naming file and line if a line is malformed
 * @throws DataFileMissing, ObjectChanged, AwsFault, or the signal's reason
 */
export async function* readChangedItems(
  aws: AwsServices,
  bucket: string,
  file: DataFile,
  options: ReadBlocksOptions,
): AsyncGenerator<readonly ChangedItem[], void, undefined> {
  let before = 0;
  for await (const block of readBlocks(aws, bucket, file, options)) {
    const items = changesOf(block, `s3://${bucket}/${file.key}`, before);
    before += items.length;
    yield items;
  }
}

/** @param before lines of the file before this block */
function changesOf(block: Uint8Array, address: string, before: number): ChangedItem[] {
  const items: ChangedItem[] = [];
  try {
    eachLine(block, (line, index) => items.push(readLine(line, index, parseChangeLine)));
  } catch (error) {
    if (!(error instanceof MalformedLine)) throw error;
    throw corruptLine(address, 'a change', before, error);
  }
  return items;
}
