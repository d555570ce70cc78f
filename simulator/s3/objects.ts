import type { Answer, Request } from '../http/message';
import { ServiceError } from '../service-error';
import { element } from '../xml';
import { empty, result } from './answers';
import { byteRange } from './byte-range';
import type { ObjectStore, PutOptions, StoredObject } from './object-store';
import { copySource } from './operation';
import type { Address } from './operation';
import { readTaggingHeader } from './tagging';
import { uploadBody } from './upload-body';

/** The store of the objects. */
export interface Objects {
  readonly store: ObjectStore;
}

/** Request headers that are stored with the object. */
const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];

function objectHeaders(object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    ...object.headers,
    ...(object.tags.size > 0 ? { 'x-amz-tagging-count': String(object.tags.size) } : {}),
  };
  for (const [name, value] of Object.entries(object.metadata)) headers[`x-amz-meta-${name}`] = value;
  return headers;
}

/** Reads an object or a range of it. @throws ServiceError */
export function read(objects: Objects, request: Request, { bucket, key }: Address): Answer {
  const ifMatch = request.headers['if-match'];
  const object = objects.store.getObject(bucket, key, ifMatch === undefined ? {} : { ifMatch });
  const headers = { ...objectHeaders(object), ...overridden(request) };
  if (request.headers['if-none-match'] === object.etag) return empty(304, headers);
  const range = byteRange(request.headers['range'], object.body.length);
  if (range) {
    headers['content-range'] = `bytes ${range.start}-${range.end - 1}/${object.body.length}`;
    return { status: 206, headers, body: object.body.subarray(range.start, range.end) };
  }
  if (request.headers['x-amz-checksum-mode'] === 'ENABLED') Object.assign(headers, object.checksums);
  return { status: 200, headers, body: object.body };
}

/** Response headers that the query of a read sets, such as `response-content-type`. */
function overridden({ query }: Request): Record<string, string> {
  const wanted = [...query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(wanted.map(([name, value]) => [name.slice('response-'.length), value]));
}

/** The headers stored with an object. `aws-chunked` describes the upload, not the object. */
function keptHeaders(request: Request): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = request.headers[name]?.replace(/^aws-chunked(?:,\s*|$)/, '');
    if (value) kept[name] = value;
  }
  return kept;
}

/** How to store an upload, from its headers. @throws ServiceError */
export function putOptions(request: Request): PutOptions {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('x-amz-meta-') && value !== undefined)
      metadata[name.slice('x-amz-meta-'.length)] = value;
  }
  const { 'content-type': contentType, 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  const tagging = request.headers['x-amz-tagging'];
  return {
    headers: keptHeaders(request),
    metadata,
    ...(tagging === undefined ? {} : { tags: readTaggingHeader(tagging) }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}

/** @throws ServiceError */
export function put(objects: Objects, request: Request, { bucket, key }: Address): Answer {
  const { body, checksums } = uploadBody(request);
  const object = objects.store.putObject(bucket, key, body, { ...putOptions(request), checksums });
  return empty(200, { etag: object.etag, ...checksums });
}

/** The source object of a copy, if its conditions hold. @throws ServiceError NoSuchKey, PreconditionFailed */
export function copied({ store }: Objects, request: Request): StoredObject {
  const { bucket, key } = copySource(request.headers['x-amz-copy-source'] ?? '');
  const ifMatch = request.headers['x-amz-copy-source-if-match'];
  return store.getObject(bucket, key, ifMatch === undefined ? {} : { ifMatch });
}

/** Copies an object with its metadata and tags, unless the request replaces them. */
export function copy(objects: Objects, request: Request, { bucket, key }: Address): Answer {
  const source = copied(objects, request);
  const from = copySource(request.headers['x-amz-copy-source'] ?? '');
  const given = putOptions(request);
  const keepsMetadata = request.headers['x-amz-metadata-directive'] !== 'REPLACE';
  const keepsTags = request.headers['x-amz-tagging-directive'] !== 'REPLACE';
  if (from.bucket === bucket && from.key === key && keepsMetadata && keepsTags) {
    throw new ServiceError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const { contentType, headers, metadata, checksums, tags } = source;
  const object = objects.store.putObject(bucket, key, source.body, {
    ...given,
    ...(keepsMetadata ? { contentType, headers, metadata } : {}),
    ...(keepsTags ? { tags } : {}),
    checksums,
  });
  return result('CopyObjectResult', copyElements(object.etag, object.lastModified));
}

/** What CopyObject and UploadPartCopy return. */
export const copyElements = (etag: string, at: number): string =>
  element('ETag', etag) + element('LastModified', new Date(at).toISOString());
