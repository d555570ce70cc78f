import { answer, credentialsOf, isSigned } from '../http/message';
import type { Answer, Exchange, Request } from '../http/message';
import type { Guard } from '../iam/guard';
import type { Iam } from '../iam/iam';
import { ServiceError } from '../service-error';
import { contents, document, element, textOf } from '../xml';
import { empty, result } from './answers';
import { listVersion1, listVersion2, listVersions } from './listing';
import { copy, put, read } from './objects';
import { addressed, copySource, notImplemented, operationOf } from './operation';
import type { Address } from './operation';
import { abortUpload, beginUpload, completeUpload, copyPart, listUploads, uploadPart } from './parts';
import type { Parts } from './parts';
import { checkRegion, locationOf, REGION_HEADER, requestedRegion } from './regions';
import { readTagging, tagSet } from './tagging';
import { uploadBody } from './upload-body';

/** What S3 requests need from the simulator. */
export interface ObjectBackend extends Parts {
  readonly region: string;
  readonly accountId: string;
  readonly iam: Iam;
  readonly guard: Guard;
}

/** The keys of a DeleteObjects request. */
const keysOf = (request: Request): string[] =>
  contents(request.body.toString(), 'Object').map((object) => textOf(object, 'Key') ?? '');

function deleteAll(backend: ObjectBackend, request: Request, bucket: string): Answer {
  const keys = keysOf(request);
  for (const key of keys) backend.store.deleteObject(bucket, key);
  const isQuiet = textOf(request.body.toString(), 'Quiet') === 'true';
  const deleted = isQuiet ? [] : keys.map((key) => `<Deleted>${element('Key', key)}</Deleted>`);
  return result('DeleteResult', deleted.join(''));
}

function perform(backend: ObjectBackend, request: Request, operation: string, address: Address): Answer {
  const { bucket, key } = address;
  const { store } = backend;
  switch (operation) {
    case 'GetObject':
    case 'HeadObject':
      return read(backend, request, address);
    case 'PutObject':
      return put(backend, request, address);
    case 'CopyObject':
      return copy(backend, request, address);
    case 'DeleteObject':
      store.deleteObject(bucket, key);
      return empty(204);
    case 'DeleteObjects':
      return deleteAll(backend, request, bucket);
    case 'GetObjectTagging':
      return result('Tagging', tagSet(store.getObject(bucket, key).tags));
    case 'PutObjectTagging':
      store.putObjectTagging(bucket, key, readTagging(uploadBody(request).body.toString(), 'object'));
      return empty(200);
    case 'DeleteObjectTagging':
      store.putObjectTagging(bucket, key, new Map());
      return empty(204);
    case 'CreateMultipartUpload':
      return beginUpload(backend, request, address);
    case 'UploadPart':
      return uploadPart(backend, request, address);
    case 'UploadPartCopy':
      return copyPart(backend, request, address);
    case 'CompleteMultipartUpload':
      return completeUpload(backend, request, address);
    case 'AbortMultipartUpload':
      return abortUpload(backend, request, address);
    default:
      return performOnBucket(backend, request, operation, address);
  }
}

function performOnBucket(
  backend: ObjectBackend,
  request: Request,
  operation: string,
  { bucket, key }: Address,
): Answer {
  const { store } = backend;
  const region = store.regionOf(bucket) ?? backend.region;
  switch (operation) {
    case 'ListObjects':
      return result('ListBucketResult', listVersion1(store, bucket, request.query));
    case 'ListObjectsV2':
      return result('ListBucketResult', listVersion2(store, bucket, request.query));
    case 'ListObjectVersions':
      return result('ListVersionsResult', listVersions(store, bucket, request.query));
    case 'ListMultipartUploads':
      return listUploads(backend, request, bucket);
    case 'CreateBucket':
      store.createBucket(bucket, undefined, requestedRegion(request, backend.region));
      return empty(200, { location: `/${bucket}` });
    case 'DeleteBucket':
      store.deleteBucket(bucket);
      return empty(204);
    case 'HeadBucket':
      store.headBucket(bucket);
      return empty(200, { [REGION_HEADER]: region });
    case 'GetBucketLocation': {
      store.headBucket(bucket);
      return result('LocationConstraint', locationOf(region));
    }
    case 'GetBucketVersioning':
      store.headBucket(bucket);
      return result('VersioningConfiguration', '');
    case 'GetBucketTagging':
      return result('Tagging', tagSet(store.getBucketTagging(bucket)));
    case 'PutBucketTagging':
      store.putBucketTagging(bucket, readTagging(uploadBody(request).body.toString(), 'bucket'));
      return empty(204);
    case 'DeleteBucketTagging':
      store.deleteBucketTagging(bucket);
      return empty(204);
    case 'ListBuckets': {
      const buckets = store
        .listBuckets()
        .map(
          ({ name, createdAt }) =>
            element('Name', name) + element('CreationDate', new Date(createdAt).toISOString()),
        );
      const listed = buckets.map((bucket) => `<Bucket>${bucket}</Bucket>`).join('');
      const owner = `<Owner>${element('ID', backend.accountId)}</Owner>`;
      return result('ListAllMyBucketsResult', `${owner}<Buckets>${listed}</Buckets>`);
    }
    default:
      throw notImplemented(
        `${request.method} of ${key === '' ? 'a bucket' : 'an object'} with ${what(request)}`,
      );
  }
}

/** The query parameters of a request, for an error message. */
const what = ({ query }: Request): string => [...query.keys()].join(', ') || 'no parameters';

const NOWHERE: Address = { bucket: '', key: '' };

/** A call in S3's REST protocol, with path-style or virtual-hosted addressing. */
export function objectExchange(backend: ObjectBackend, request: Request, requestId: string): Exchange {
  const address = addressed(request);
  const { bucket, key } = address ?? NOWHERE;
  const operation = address ? operationOf(request, address) : '';
  return {
    operation,
    perform: () => {
      if (!address) throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.");
      if (!isSigned(request)) throw new ServiceError('AccessDenied', 'Access Denied', 403);
      const { iam, guard, store } = backend;
      const caller = iam.callerOf('s3', credentialsOf(request));
      checkRegion(store, request, { operation, bucket });
      const keys = operation === 'DeleteObjects' ? keysOf(request) : key === '' ? [] : [key];
      const prefix = request.query.get('prefix') ?? undefined;
      const account = guard.objects(operation, { bucket, keys, prefix }, caller);
      if (operation === 'CopyObject' || operation === 'UploadPartCopy') {
        const source = copySource(request.headers['x-amz-copy-source'] ?? '');
        guard.objects('GetObject', { bucket: source.bucket, keys: [source.key], prefix: undefined }, caller);
      }
      return store.as(account, () => perform(backend, request, operation, address));
    },
    failure: ({ type, message, status, members = {} }) => {
      const region = status === 301 ? backend.store.regionOf(bucket) : undefined;
      const headers: Record<string, string> = region === undefined ? {} : { [REGION_HEADER]: region };
      if (request.method === 'HEAD') return empty(status, { 'content-type': 'application/xml', ...headers });
      const more = Object.entries(members).map(([name, value]) => element(name, String(value)));
      const content = element('Code', type) + element('Message', message) + more.join('');
      const failed = answer(
        status,
        'application/xml',
        document(`<Error>${content}${element('RequestId', requestId)}</Error>`),
      );
      return { ...failed, headers: { ...failed.headers, ...headers } };
    },
  };
}
