import type { Hash } from 'node:crypto';

/** Hashes what passes through, in the order it came. */
export async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: Hash,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}
