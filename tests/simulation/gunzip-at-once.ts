import { gunzipSync } from 'node:zlib';

/** Synchronous, because zlib's threads do not follow virtual time. */
export async function* gunzipAtOnce(compressed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of compressed) pieces.push(piece);
  yield gunzipSync(Buffer.concat(pieces));
}
