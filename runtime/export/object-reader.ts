import { pauseAfter } from '../aws/backoff';
import { AwsFault } from '../aws/faults';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import { ObjectChanged } from './errors';

/** Responses in a row without a byte of the body before the fault is thrown. */
const FRUITLESS_ATTEMPTS = 10;

/** In place of jitter: only few files are read at a time. */
const HALFWAY = 0.5;

/**
 * Reads all bytes of an object. After a transient fault it resumes where the body stopped, with Range and If-Match, any number of
 * times as long as bytes keep arriving. Closes its connection when the caller stops early.
 * @throws ObjectChanged, AwsFault
 */
export async function* readObject(
  aws: AwsServices,
  bucket: string,
  key: string,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = 0;
  let etag: string | undefined;
  for (let fruitless = 0; ; ) {
    let total: number | undefined;
    try {
      const body = await aws.getObject(bucket, key, { offset, ifMatch: etag }, signal);
      etag ??= body.etag;
      total = body.totalBytes;
      for await (const chunk of body.bytes) {
        offset += chunk.byteLength;
        fruitless = 0;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      if (offset > 0 && (error.httpStatus === 412 || error.httpStatus === 416)) {
        throw new ObjectChanged(bucket, key, aws.cli, { cause: error });
      }
      // A connection that breaks after the last byte has lost nothing.
      if (total !== undefined && offset === total) return;
      // For faults that a person has to fix, the AWS client already waited, if waiting can help.
      if (error.kind !== 'retry' || error.pace === 'slow' || ++fruitless >= FRUITLESS_ATTEMPTS) throw error;
      await clock.sleep(
        pauseAfter(fruitless, error.pace, () => HALFWAY),
        signal,
      );
    }
  }
}
