import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { onAbort } from '../abort';
import { faultOf, present, UnreadableAnswer } from './call';
import type { CallContext } from './operations';
import type { ObjectBody, ObjectRange } from './services';

/**
 * The body of an object from `range.offset` on. It holds a connection until it is read to its end or left with `return()`
 * (a `break` out of `for await`). It ends early only by throwing.
 * @throws UnreadableAnswer when the server did not send the requested part
 */
export function objectBody(
  output: GetObjectCommandOutput,
  range: ObjectRange,
  context: CallContext,
  signal: AbortSignal | undefined,
): ObjectBody {
  const stream = present(output.Body, 'body') as Readable;
  const extent = extentOf(output);
  if (extent.offset !== range.offset) {
    stream.destroy();
    throw new UnreadableAnswer(
      `Requested the bytes from ${range.offset} on, got those from ${extent.offset} on.`,
    );
  }
  return {
    bytes: readFaithfully(stream, extent.length, context, signal),
    etag: output.ETag,
    totalBytes: extent.total,
  };
}

interface Extent {
  readonly offset: number;
  /** Bytes that follow; unknown with chunked transfer. */
  readonly length: number | undefined;
  readonly total: number | undefined;
}

function extentOf(output: GetObjectCommandOutput): Extent {
  const length = output.ContentLength;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(output.ContentRange ?? '');
  if (range === null) return { offset: 0, length, total: length };
  const total = range[2] === '*' ? undefined : Number(range[2]);
  return { offset: Number(range[1]), length, total };
}

async function* readFaithfully(
  stream: Readable,
  length: number | undefined,
  context: CallContext,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stopListening = onAbort(signal, () => void stream.destroy(signal?.reason as Error));
  let received = 0;
  try {
    for await (const chunk of stream) {
      received += (chunk as Uint8Array).byteLength;
      yield chunk as Uint8Array;
    }
    if (length !== undefined && received !== length) {
      throw new UnreadableAnswer(`The body ended after ${received} of ${length} bytes.`);
    }
  } catch (error) {
    throw faultOf('GetObject', error, context, signal);
  } finally {
    stopListening();
    stream.destroy();
  }
}
