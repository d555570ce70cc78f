import type { Request } from '../http/message';
import { ServiceError } from '../service-error';

/** An object; with an empty `key`, a bucket. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
}

/** Bucket and key of a request, from its path or, with virtual hosts, from its Host header; undefined for a malformed path. */
export function addressed(request: Request): Address | undefined {
  const virtual = /^(.+)\.(?:127\.0\.0\.1|localhost)(?::\d+)?$/.exec(request.headers['host'] ?? '');
  const path = decoded(request.path.slice(1));
  if (path === undefined) return undefined;
  return virtual?.[1] ? { bucket: virtual[1], key: path } : split(path);
}

/** The source of a copy. @throws ServiceError InvalidArgument, NotImplemented for a version */
export function copySource(header: string): Address {
  const [path = '', query] = header.split('?');
  if (query !== undefined && query !== 'versionId=null') throw notImplemented('copies of a version');
  const source = split(decoded(path.replace(/^\//, '')) ?? '');
  if (source.bucket !== '' && source.key !== '') return source;
  throw new ServiceError(
    'InvalidArgument',
    'Copy Source must mention the source bucket and key: /sourcebucket/sourcekey',
  );
}

function split(path: string): Address {
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export const notImplemented = (what: string): ServiceError =>
  new ServiceError('NotImplemented', `The simulator does not support ${what} of S3`, 501);

/** Operations on a subresource of a bucket or object, by query parameter and method. */
const BUCKET_PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tagging: { GET: 'GetBucketTagging', PUT: 'PutBucketTagging', DELETE: 'DeleteBucketTagging' },
  location: { GET: 'GetBucketLocation' },
  versioning: { GET: 'GetBucketVersioning' },
  versions: { GET: 'ListObjectVersions' },
  uploads: { GET: 'ListMultipartUploads' },
  delete: { POST: 'DeleteObjects' },
};
const OBJECT_PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tagging: { GET: 'GetObjectTagging', PUT: 'PutObjectTagging', DELETE: 'DeleteObjectTagging' },
  uploads: { POST: 'CreateMultipartUpload' },
  uploadId: { PUT: 'UploadPart', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' },
};
/** Query parameters that name no subresource: those of listings, presigned URLs and SDKs. */
const PLAIN =
  /^(?:list-type|prefix|delimiter|marker|key-marker|version-id-marker|versionId|upload-id-marker|max-uploads|start-after|continuation-token|max-keys|max-buckets|bucket-region|encoding-type|fetch-owner|optional-object-attributes|partNumber|x-id|response-[\w-]+|x-amz-.*|AWSAccessKeyId|Signature|Expires)$/i;

/** The operation of a request; empty if the simulator does not support it. */
export function operationOf({ method, query, headers }: Request, { bucket, key }: Address): string {
  const part = [...query.keys()].find((name) => !PLAIN.test(name));
  if (part !== undefined) {
    const operation = (key === '' ? BUCKET_PARTS : OBJECT_PARTS)[part]?.[method] ?? '';
    const isCopy = headers['x-amz-copy-source'] !== undefined;
    return operation === 'UploadPart' && isCopy ? 'UploadPartCopy' : operation;
  }
  if (key !== '') {
    if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined) return 'CopyObject';
    return { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject', DELETE: 'DeleteObject' }[method] ?? '';
  }
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : '';
  if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
  return { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' }[method] ?? '';
}
