import { answer, credentialsOf, isSigned } from '../http/message';
import type { Answer, Exchange, Request } from '../http/message';
import type { Guard } from '../iam/guard';
import type { Iam } from '../iam/iam';
import { ServiceError } from '../service-error';
import { contents, document, element, textOf } from '../xml';
import type { MultipartUploads } from './multipart-uploads';
import type { ObjectStore, PutOptions, StoredObject } from './object-store';
import { byteRange } from './byte-range';
import { uploadBody } from './upload-body';

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** Where requests for objects go. */
export interface ObjectBackend {
  readonly store: ObjectStore;
  readonly uploads: MultipartUploads;
  readonly region: string;
  readonly iam: Iam;
  readonly guard: Guard;
}

/** Bucket and key of a request, from its path or, with virtual hosts, from its Host header. */
function addressed(request: Request): { bucket: string; key: string } {
  const virtual = /^(.+)\.(?:127\.0\.0\.1|localhost)(?::\d+)?$/.exec(request.headers['host'] ?? '');
  const path = request.path.slice(1);
  if (virtual?.[1]) return { bucket: virtual[1], key: decodeURIComponent(path) };
  const slash = path.indexOf('/');
  if (slash < 0) return { bucket: decodeURIComponent(path), key: '' };
  return { bucket: decodeURIComponent(path.slice(0, slash)), key: decodeURIComponent(path.slice(slash + 1)) };
}

const SUBRESOURCES = [
  'acl',
  'cors',
  'encryption',
  'lifecycle',
  'policy',
  'tagging',
  'versioning',
  'versions',
];

function operationOf(request: Request, bucket: string, key: string): string {
  const { method, query, headers } = request;
  if (SUBRESOURCES.some((name) => query.has(name)) || headers['x-amz-copy-source']) return '';
  if (key !== '') {
    if (query.has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : '';
    if (query.has('uploadId')) {
      return (
        { PUT: 'UploadPart', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' }[method] ?? ''
      );
    }
    return { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject', DELETE: 'DeleteObject' }[method] ?? '';
  }
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : '';
  if (method === 'GET') {
    return query.has('location')
      ? 'GetBucketLocation'
      : query.get('list-type') === '2'
        ? 'ListObjectsV2'
        : '';
  }
  if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : '';
  return { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' }[method] ?? '';
}

const xml = (content: string): Answer => answer(200, 'application/xml', document(content));

const empty = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: Buffer.alloc(0),
});

function objectHeaders(object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
  };
  for (const [name, value] of Object.entries(object.metadata)) headers[`x-amz-meta-${name}`] = value;
  return headers;
}

function read(backend: ObjectBackend, request: Request, bucket: string, key: string): Answer {
  const ifMatch = request.headers['if-match'];
  const object = backend.store.getObject(bucket, key, ifMatch === undefined ? {} : { ifMatch });
  const headers = objectHeaders(object);
  if (request.headers['if-none-match'] === object.etag) return empty(304, headers);
  const range = byteRange(request.headers['range'], object.body.length);
  if (range) {
    headers['content-range'] = `bytes ${range.start}-${range.end - 1}/${object.body.length}`;
    return { status: 206, headers, body: object.body.subarray(range.start, range.end) };
  }
  if (request.headers['x-amz-checksum-mode'] === 'ENABLED') Object.assign(headers, object.checksums);
  return { status: 200, headers, body: object.body };
}

function putOptions(request: Request): PutOptions {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('x-amz-meta-') && value !== undefined)
      metadata[name.slice('x-amz-meta-'.length)] = value;
  }
  const { 'content-type': contentType, 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  return {
    metadata,
    ...(contentType === undefined ? {} : { contentType }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}

function put(backend: ObjectBackend, request: Request, bucket: string, key: string): Answer {
  const { body, checksums } = uploadBody(request);
  const object = backend.store.putObject(bucket, key, body, { ...putOptions(request), checksums });
  return empty(200, { etag: object.etag, ...checksums });
}

function list(backend: ObjectBackend, request: Request, bucket: string): Answer {
  const { query } = request;
  const maxKeys = Number(query.get('max-keys') ?? 1000);
  const options = {
    prefix: query.get('prefix') ?? '',
    ...(query.get('delimiter') ? { delimiter: query.get('delimiter') ?? '' } : {}),
    startAfter: query.get('start-after') ?? '',
    continuationToken: query.get('continuation-token') ?? '',
    maxKeys,
  };
  const page = backend.store.listObjects(bucket, options);
  const name = (key: string): string =>
    query.get('encoding-type') === 'url' ? encodeURIComponent(key) : key;
  const entries = page.objects.map(
    ({ key, object }) =>
      `<Contents>${element('Key', name(key))}${element('LastModified', new Date(object.lastModified).toISOString())}` +
      `${element('ETag', object.etag)}${element('Size', object.body.length)}<StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const prefixes = page.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${element('Prefix', name(prefix))}</CommonPrefixes>`,
  );
  const next = page.nextContinuationToken;
  return xml(
    `<ListBucketResult ${NAMESPACE}>${element('Name', bucket)}${element('Prefix', name(options.prefix))}` +
      `${element('KeyCount', entries.length + prefixes.length)}${element('MaxKeys', maxKeys)}` +
      `${element('IsTruncated', next !== undefined)}${next === undefined ? '' : element('NextContinuationToken', next)}` +
      `${entries.join('')}${prefixes.join('')}</ListBucketResult>`,
  );
}

function complete(backend: ObjectBackend, request: Request, bucket: string, key: string): Answer {
  const parts = contents(request.body.toString(), 'Part').map((part) => ({
    partNumber: Number(textOf(part, 'PartNumber')),
    etag: textOf(part, 'ETag') ?? '',
  }));
  const uploadId = request.query.get('uploadId') ?? '';
  const object = backend.uploads.completeMultipartUpload(bucket, key, uploadId, parts);
  return xml(
    `<CompleteMultipartUploadResult ${NAMESPACE}>${element('Bucket', bucket)}${element('Key', key)}` +
      `${element('ETag', object.etag)}</CompleteMultipartUploadResult>`,
  );
}

/** The keys that a request to delete several objects names. */
const keysOf = (request: Request): string[] =>
  contents(request.body.toString(), 'Object').map((object) => textOf(object, 'Key') ?? '');

function deleteAll(backend: ObjectBackend, request: Request, bucket: string): Answer {
  const keys = keysOf(request);
  for (const key of keys) backend.store.deleteObject(bucket, key);
  const isQuiet = textOf(request.body.toString(), 'Quiet') === 'true';
  const deleted = isQuiet ? [] : keys.map((key) => `<Deleted>${element('Key', key)}</Deleted>`);
  return xml(`<DeleteResult ${NAMESPACE}>${deleted.join('')}</DeleteResult>`);
}

function perform(backend: ObjectBackend, request: Request, operation: string): Answer {
  const { bucket, key } = addressed(request);
  const { store, uploads } = backend;
  const uploadId = request.query.get('uploadId') ?? '';
  switch (operation) {
    case 'GetObject':
    case 'HeadObject':
      return read(backend, request, bucket, key);
    case 'PutObject':
      return put(backend, request, bucket, key);
    case 'DeleteObject':
      store.deleteObject(bucket, key);
      return empty(204);
    case 'DeleteObjects':
      return deleteAll(backend, request, bucket);
    case 'ListObjectsV2':
      return list(backend, request, bucket);
    case 'CreateMultipartUpload': {
      const id = uploads.createMultipartUpload(bucket, key, putOptions(request));
      const content = element('Bucket', bucket) + element('Key', key) + element('UploadId', id);
      return xml(`<InitiateMultipartUploadResult ${NAMESPACE}>${content}</InitiateMultipartUploadResult>`);
    }
    case 'UploadPart': {
      const { body, checksums } = uploadBody(request);
      const number = Number(request.query.get('partNumber'));
      return empty(200, { etag: uploads.uploadPart(bucket, key, uploadId, number, body), ...checksums });
    }
    case 'CompleteMultipartUpload':
      return complete(backend, request, bucket, key);
    case 'AbortMultipartUpload':
      uploads.abortMultipartUpload(bucket, key, uploadId);
      return empty(204);
    case 'CreateBucket':
      store.createBucket(bucket);
      return empty(200, { location: `/${bucket}` });
    case 'DeleteBucket':
      store.deleteBucket(bucket);
      return empty(204);
    case 'HeadBucket':
      store.headBucket(bucket);
      return empty(200, { 'x-amz-bucket-region': backend.region });
    case 'GetBucketLocation': {
      store.headBucket(bucket);
      const region = backend.region === 'us-east-1' ? '' : backend.region;
      return xml(`<LocationConstraint ${NAMESPACE}>${region}</LocationConstraint>`);
    }
    case 'ListBuckets': {
      const buckets = store
        .listBuckets()
        .map(
          ({ name, createdAt }) =>
            element('Name', name) + element('CreationDate', new Date(createdAt).toISOString()),
        );
      const listed = buckets.map((bucket) => `<Bucket>${bucket}</Bucket>`).join('');
      return xml(
        `<ListAllMyBucketsResult ${NAMESPACE}><Buckets>${listed}</Buckets></ListAllMyBucketsResult>`,
      );
    }
    default:
      throw new ServiceError('NotImplemented', 'The simulator does not have this operation of S3', 501);
  }
}

/** A call in S3's REST protocol, with path-style or virtual-host addressing. */
export function objectExchange(backend: ObjectBackend, request: Request, requestId: string): Exchange {
  const { bucket, key } = addressed(request);
  const operation = operationOf(request, bucket, key);
  return {
    operation,
    perform: () => {
      if (!isSigned(request)) throw new ServiceError('AccessDenied', 'Access Denied', 403);
      const { iam, guard, store } = backend;
      const caller = iam.callerOf('s3', credentialsOf(request));
      const keys = operation === 'DeleteObjects' ? keysOf(request) : key === '' ? [] : [key];
      const prefix = request.query.get('prefix') ?? undefined;
      const account = guard.objects(operation, { bucket, keys, prefix }, caller);
      return store.as(account, () => perform(backend, request, operation));
    },
    failure: ({ type, message, status, members = {} }) => {
      if (request.method === 'HEAD') return empty(status, { 'content-type': 'application/xml' });
      const more = Object.entries(members).map(([name, value]) => element(name, String(value)));
      const content = element('Code', type) + element('Message', message) + more.join('');
      return answer(
        status,
        'application/xml',
        document(`<Error>${content}${element('RequestId', requestId)}</Error>`),
      );
    },
  };
}
