import { itemBytes } from '../../item/item-memory';
import type { Change } from '../changes';

/** Objects of a change, besides its items. */
const CHANGE_BYTES = 256;

/**
 * Joins pieces of changes, in their order, into batches of `mostBytes` in memory, and at most the last piece more. A statement costs
 * a database as much as many rows, so few large batches are staged faster than many small ones.
 */
export async function* inBatches(
  pieces: AsyncIterable<readonly Change[]>,
  mostBytes: number,
): AsyncGenerator<readonly Change[], void, undefined> {
  let batch: Change[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    for (const change of piece) {
      batch.push(change);
      bytes += bytesOf(change);
    }
    if (bytes < mostBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function bytesOf({ keys, newImage }: Change): number {
  return CHANGE_BYTES + itemBytes(keys) + (newImage === undefined ? 0 : itemBytes(newImage));
}
