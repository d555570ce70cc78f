import { pauseAfter } from '../aws/backoff';
import { AwsFault } from '../aws/faults';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import { ObjectChanged } from './errors';

/** Answers in a row that bring no byte of the body before the fault is passed on. */
const FRUITLESS_ATTEMPTS = 10;

/** Few files are read at a time, so their pauses need no spreading. */
const HALFWAY = 0.5;

/**
 * All bytes of an object. A transient fault in mid-body is made good from where it stopped, by Range and If-Match; a read that
 * goes on bringing bytes may break off any number of times. Closes its connection when left early.
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
      // A connection that breaks behind the last byte has lost nothing.
      if (total !== undefined && offset === total) return;
      // What a person has to mend was waited for beneath, if there is a point in waiting.
      if (error.kind !== 'retry' || error.pace === 'slow' || ++fruitless >= FRUITLESS_ATTEMPTS) throw error;
      await clock.sleep(
        pauseAfter(fruitless, error.pace, () => HALFWAY),
        signal,
      );
    }
  }
}
