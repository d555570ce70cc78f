import { wholeLines } from '../../runtime/export/lines';
import { decompressed, PIECE_BYTES } from '../shapes/input';
import { linesOf, type Task, type Work } from './contender';

const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** Reads every line with `read` and drops the result. */
export function perLine(read: (line: string) => unknown): (task: Task) => Promise<Work> {
  return async ({ files }) => ({
    async run() {
      let items = 0;
      for (const file of files) {
        for await (const block of wholeLines(decompressed(file), PIECE_BYTES, LONGEST_LINE_BYTES)) {
          for (const line of linesOf(block)) {
            if (read(line.toString('utf8')) === undefined) throw new Error('A line has no item.');
            items++;
          }
        }
      }
      return items;
    },
  });
}

/** The first step of a simple reader: objects in DynamoDB JSON, still to be converted to values. */
export const jsonParse = perLine((line) => (JSON.parse(line) as { Item: object }).Item);
