import { AwsFault } from '../../../runtime/aws/faults';
import type { AwsServices, ObjectBody, ObjectRange } from '../../../runtime/aws/services';

export interface Get extends ObjectRange {
  readonly key: string;
}

export const transientFault = (): AwsFault =>
  new AwsFault('GetObject', 'ECONNRESET', 'retry', 'soon', 200, 'the connection broke');

export const missingObject = (): AwsFault =>
  new AwsFault('GetObject', 'NoSuchKey', 'fatal', 'slow', 404, 'no such key');

/** A fake S3 bucket. Bodies arrive in small pieces and break off where a test wants it. */
export class FakeBucket {
  readonly objects = new Map<string, Buffer>();
  readonly gets: Get[] = [];
  /** Bodies neither read to their end nor closed. */
  open = 0;
  pieceBytes = 1_000;
  /** Offsets at which a body breaks off, once each or `every` time. */
  breaks: { key: string; at: number; every?: boolean }[] = [];
  /** Called before each piece. */
  onPiece: (key: string, offset: number) => void | Promise<void> = () => undefined;

  get services(): AwsServices {
    return {
      cli: { region: 'eu-west-1' },
      getObject: (_bucket: string, key: string, range: ObjectRange, signal?: AbortSignal) =>
        this.get(key, range, signal),
    } as unknown as AwsServices;
  }

  /** Resolves when no body is open. */
  async idle(): Promise<void> {
    while (this.open > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  put(key: string, body: Uint8Array | string): void {
    this.objects.set(key, Buffer.from(body as Uint8Array));
  }

  private async get(key: string, range: ObjectRange, signal?: AbortSignal): Promise<ObjectBody> {
    signal?.throwIfAborted();
    this.gets.push({ key, ...range });
    const body = this.objects.get(key);
    if (body === undefined) throw missingObject();
    const etag = `"${body.length}-${body.at(-1)}"`;
    if (range.ifMatch !== undefined && range.ifMatch !== etag) {
      throw new AwsFault('GetObject', 'PreconditionFailed', 'fatal', 'slow', 412, 'changed');
    }
    return { bytes: this.pieces(key, body, range.offset), etag, totalBytes: body.length };
  }

  private async *pieces(
    key: string,
    body: Buffer,
    offset: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    this.open++;
    try {
      for (let at = offset; at < body.length; ) {
        await this.onPiece(key, at);
        const next = this.breaks.find(
          (one) => one.key === key && one.at >= at && one.at < at + this.pieceBytes,
        );
        const end = next === undefined ? at + this.pieceBytes : next.at;
        if (end > at) yield Buffer.from(body.subarray(at, end));
        if (next !== undefined) {
          if (!next.every) this.breaks = this.breaks.filter((one) => one !== next);
          throw transientFault();
        }
        at = end;
      }
    } finally {
      this.open--;
    }
  }
}
