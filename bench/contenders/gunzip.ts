import { decompressed } from '../shapes/input';
import type { Task, Work } from './contender';

/** Decompresses, and does nothing with it: the limit for whatever reads an export with Node's zlib. */
export async function gunzip({ files }: Task): Promise<Work> {
  return {
    async run() {
      let [items, bytes, expected] = [0, 0, 0];
      for (const file of files) {
        for await (const piece of decompressed(file)) bytes += (piece as Uint8Array).byteLength;
        items += file.items;
        expected += file.bytes;
      }
      if (bytes !== expected) throw new Error(`${bytes} bytes instead of ${expected}`);
      return items;
    },
  };
}
