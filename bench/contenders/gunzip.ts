import { decompressed } from '../shapes/input';
import type { Task, Work } from './contender';

/** Decompresses and drops the result: no program that uses Node's zlib can read an export faster. */
export async function gunzip({ files }: Task): Promise<Work> {
  return {
    async run() {
      let [items, bytes, expected] = [0, 0, 0];
      for (const file of files) {
        for await (const piece of decompressed(file)) bytes += (piece as Uint8Array).byteLength;
        items += file.items;
        expected += file.bytes;
      }
      if (bytes !== expected) throw new Error(`Decompressed ${bytes} bytes instead of ${expected}.`);
      return items;
    },
  };
}
