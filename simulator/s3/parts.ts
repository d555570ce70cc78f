import type { SimulatorClock } from '../clock';
import type { Answer, Request } from '../http/message';
import { contents, element, textOf } from '../xml';
import { empty, result } from './answers';
import { byteRange } from './byte-range';
import type { MultipartUploads } from './multipart-uploads';
import { copied, copyElements, putOptions } from './objects';
import type { Objects } from './objects';
import type { Address } from './operation';
import { uploadBody } from './upload-body';

/** The store of unfinished multipart uploads. */
export interface Parts extends Objects {
  readonly clock: SimulatorClock;
  readonly uploads: MultipartUploads;
}

/** Upload and part number of a request. */
const partOf = ({ query }: Request): { uploadId: string; partNumber: number } => ({
  uploadId: query.get('uploadId') ?? '',
  partNumber: Number(query.get('partNumber')),
});

/** @throws ServiceError */
export function beginUpload({ uploads }: Parts, request: Request, { bucket, key }: Address): Answer {
  const id = uploads.createMultipartUpload(bucket, key, putOptions(request));
  const content = element('Bucket', bucket) + element('Key', key) + element('UploadId', id);
  return result('InitiateMultipartUploadResult', content);
}

const UPLOADS_A_PAGE = 1_000;

/** A page of the unfinished uploads into a bucket. @throws ServiceError */
export function listUploads({ uploads }: Parts, { query }: Request, bucket: string): Answer {
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  const left = uploads
    .listMultipartUploads(bucket)
    .filter(
      ({ key, uploadId }) => key > keyMarker || (key === keyMarker && idMarker !== '' && uploadId > idMarker),
    );
  const page = left.slice(0, UPLOADS_A_PAGE);
  const last = left.length > page.length ? page.at(-1) : undefined;
  const listed = page.map(
    ({ key, uploadId, begunAt }) =>
      `<Upload>${element('Key', key)}${element('UploadId', uploadId)}${element('Initiated', new Date(begunAt).toISOString())}</Upload>`,
  );
  return result(
    'ListMultipartUploadsResult',
    `${element('Bucket', bucket)}${element('IsTruncated', last !== undefined)}` +
      `${last === undefined ? '' : element('NextKeyMarker', last.key) + element('NextUploadIdMarker', last.uploadId)}` +
      listed.join(''),
  );
}

/** @throws ServiceError */
export function abortUpload({ uploads }: Parts, request: Request, { bucket, key }: Address): Answer {
  uploads.abortMultipartUpload(bucket, key, partOf(request).uploadId);
  return empty(204);
}

/** @throws ServiceError */
export function uploadPart({ uploads }: Parts, request: Request, { bucket, key }: Address): Answer {
  const { body, checksums } = uploadBody(request);
  const { uploadId, partNumber } = partOf(request);
  return empty(200, { etag: uploads.uploadPart(bucket, key, uploadId, partNumber, body), ...checksums });
}

/** @throws ServiceError */
export function copyPart(parts: Parts, request: Request, { bucket, key }: Address): Answer {
  const { body } = copied(parts, request);
  const range = byteRange(request.headers['x-amz-copy-source-range'], body.length);
  const { uploadId, partNumber } = partOf(request);
  const part = range ? body.subarray(range.start, range.end) : body;
  const etag = parts.uploads.uploadPart(bucket, key, uploadId, partNumber, part);
  return result('CopyPartResult', copyElements(etag, parts.clock.now()));
}

/** @throws ServiceError */
export function completeUpload({ uploads }: Parts, request: Request, { bucket, key }: Address): Answer {
  const listed = contents(request.body.toString(), 'Part').map((part) => ({
    partNumber: Number(textOf(part, 'PartNumber')),
    etag: textOf(part, 'ETag') ?? '',
  }));
  const object = uploads.completeMultipartUpload(bucket, key, partOf(request).uploadId, listed);
  return result(
    'CompleteMultipartUploadResult',
    element('Bucket', bucket) + element('Key', key) + element('ETag', object.etag),
  );
}
