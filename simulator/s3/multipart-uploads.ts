import { createHash } from 'node:crypto';
import type { SimulatorClock } from '../clock';
import type { Random } from '../random';
import { ServiceError } from '../service-error';
import type { ObjectStore, PutOptions, StoredObject } from './object-store';

const MIN_PART_BYTES = 5 * 1024 * 1024;

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly options: PutOptions;
  /** Epoch ms. */
  readonly begunAt: number;
  readonly parts: Map<number, { body: Buffer; etag: string }>;
}

/** Multipart uploads in progress. */
export class MultipartUploads {
  private readonly uploads = new Map<string, Upload>();

  constructor(
    private readonly store: ObjectStore,
    private readonly clock: SimulatorClock,
    private readonly random: Random,
  ) {}

  /** @returns the upload id */
  createMultipartUpload(bucket: string, key: string, options: PutOptions = {}): string {
    this.store.headBucket(bucket);
    const id = this.random.hex(64);
    this.uploads.set(id, { bucket, key, options, begunAt: this.clock.now(), parts: new Map() });
    return id;
  }

  /** @returns the part's ETag */
  uploadPart(bucket: string, key: string, uploadId: string, partNumber: number, body: Buffer): string {
    const upload = this.find(bucket, key, uploadId);
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000) {
      throw new ServiceError(
        'InvalidArgument',
        'Part number must be an integer between 1 and 10000, inclusive',
      );
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    upload.parts.set(partNumber, { body, etag });
    return etag;
  }

  /** @throws ServiceError NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall */
  completeMultipartUpload(
    bucket: string,
    key: string,
    uploadId: string,
    parts: readonly { partNumber: number; etag: string }[],
  ): StoredObject {
    const upload = this.find(bucket, key, uploadId);
    const bodies = parts.map(({ partNumber, etag }, i) => {
      const part = upload.parts.get(partNumber);
      if (!part || part.etag.replaceAll('"', '') !== etag.replaceAll('"', '')) {
        throw new ServiceError('InvalidPart', `Part ${partNumber} could not be found or its ETag differs`);
      }
      if (i > 0 && partNumber <= (parts[i - 1]?.partNumber ?? 0)) {
        throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order.');
      }
      if (i < parts.length - 1 && part.body.length < MIN_PART_BYTES) {
        throw new ServiceError(
          'EntityTooSmall',
          'Your proposed upload is smaller than the minimum allowed size',
        );
      }
      return part.body;
    });
    if (bodies.length === 0) throw new ServiceError('MalformedXML', 'You must specify at least one part');
    const object = this.store.putParts(bucket, key, bodies, upload.options);
    this.uploads.delete(uploadId);
    return object;
  }

  /** Uploads into a bucket that are neither completed nor aborted, by key and id. @throws ServiceError NoSuchBucket */
  listMultipartUploads(bucket: string): { key: string; uploadId: string; begunAt: number }[] {
    this.store.headBucket(bucket);
    return [...this.uploads]
      .filter(([, upload]) => upload.bucket === bucket)
      .map(([uploadId, { key, begunAt }]) => ({ key, uploadId, begunAt }))
      .sort((a, b) => (a.key < b.key || (a.key === b.key && a.uploadId < b.uploadId) ? -1 : 1));
  }

  abortMultipartUpload(bucket: string, key: string, uploadId: string): void {
    this.find(bucket, key, uploadId);
    this.uploads.delete(uploadId);
  }

  private find(bucket: string, key: string, uploadId: string): Upload {
    this.store.headBucket(bucket);
    const upload = this.uploads.get(uploadId);
    if (!upload || upload.bucket !== bucket || upload.key !== key) {
      throw new ServiceError('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
    }
    return upload;
  }
}
