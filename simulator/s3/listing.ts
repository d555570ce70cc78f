import { ServiceError } from '../service-error';
import { element } from '../xml';
import type { ListOptions, ListedPage, ObjectStore } from './object-store';

const MOST_KEYS = 1000;

/** Percent-encoded as S3 does: slashes stay. */
const urlEncoded = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');

/** What all forms of a listing have in common. */
interface Listing {
  readonly query: URLSearchParams;
  readonly page: ListedPage;
  readonly maxKeys: number;
  /** An element with a key or part of one, encoded as requested. */
  readonly keyed: (name: string, text: string) => string;
}

function readListing(store: ObjectStore, bucket: string, query: URLSearchParams, from: ListOptions): Listing {
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') {
    throw new ServiceError('InvalidArgument', 'Invalid Encoding Method specified in Request');
  }
  const maxKeys = readMaxKeys(query.get('max-keys'));
  const delimiter = query.get('delimiter');
  const page = store.listObjects(bucket, {
    ...from,
    prefix: query.get('prefix') ?? '',
    ...(delimiter ? { delimiter } : {}),
    maxKeys,
  });
  return {
    query,
    page,
    maxKeys,
    keyed: (name, text) => element(name, encoding === 'url' ? urlEncoded(text) : text),
  };
}

/** @throws ServiceError InvalidArgument */
function readMaxKeys(text: string | null): number {
  if (text === null || text === '') return MOST_KEYS;
  if (!/^\d{1,9}$/.test(text)) {
    throw new ServiceError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  return Math.min(Number(text), MOST_KEYS);
}

/** The elements that all listings share. `entry`: name of an object's element; `more`: its additional content. */
function commonElements(
  bucket: string,
  { query, page, maxKeys, keyed }: Listing,
  entry = 'Contents',
  more = '',
): string {
  const entries = page.objects.map(
    ({ key, object }) =>
      `<${entry}>${keyed('Key', key)}${more}${element('LastModified', new Date(object.lastModified).toISOString())}` +
      `${element('ETag', object.etag)}${element('Size', object.body.length)}<StorageClass>STANDARD</StorageClass></${entry}>`,
  );
  const prefixes = page.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${keyed('Prefix', prefix)}</CommonPrefixes>`,
  );
  const delimiter = query.get('delimiter');
  const encoding = query.get('encoding-type');
  return (
    `${element('Name', bucket)}${keyed('Prefix', query.get('prefix') ?? '')}${element('MaxKeys', maxKeys)}` +
    `${delimiter ? keyed('Delimiter', delimiter) : ''}${encoding === null ? '' : element('EncodingType', encoding)}` +
    `${element('IsTruncated', page.next !== undefined)}${entries.join('')}${prefixes.join('')}`
  );
}

/**
 * Content of the ListObjectVersions response. Buckets here keep no versions: each object has the version `null`.
 * @throws ServiceError
 */
export function listVersions(store: ObjectStore, bucket: string, query: URLSearchParams): string {
  const marker = query.get('key-marker') ?? '';
  const listing = readListing(store, bucket, query, { after: marker });
  const { page, keyed } = listing;
  return (
    commonElements(bucket, listing, 'Version', element('VersionId', 'null') + element('IsLatest', true)) +
    keyed('KeyMarker', marker) +
    (page.next === undefined
      ? ''
      : keyed('NextKeyMarker', page.next) + element('NextVersionIdMarker', 'null'))
  );
}

/** Content of the ListObjectsV2 response. @throws ServiceError */
export function listVersion2(store: ObjectStore, bucket: string, query: URLSearchParams): string {
  const token = query.get('continuation-token');
  if (token === '') throw new ServiceError('InvalidArgument', 'The continuation token provided is incorrect');
  const startAfter = query.get('start-after') ?? '';
  const after = token === null ? startAfter : Buffer.from(token, 'base64').toString();
  const listing = readListing(store, bucket, query, { after });
  const { page, keyed } = listing;
  return (
    commonElements(bucket, listing) +
    element('KeyCount', page.objects.length + page.commonPrefixes.length) +
    (token === null ? '' : element('ContinuationToken', token)) +
    (startAfter === '' ? '' : keyed('StartAfter', startAfter)) +
    (page.next === undefined
      ? ''
      : element('NextContinuationToken', Buffer.from(page.next).toString('base64')))
  );
}

/** Content of the ListObjects response. S3 returns the next marker only if keys are grouped. @throws ServiceError */
export function listVersion1(store: ObjectStore, bucket: string, query: URLSearchParams): string {
  const marker = query.get('marker') ?? '';
  const listing = readListing(store, bucket, query, { after: marker });
  const { page, keyed } = listing;
  const next = query.get('delimiter') ? page.next : undefined;
  return (
    commonElements(bucket, listing) +
    keyed('Marker', marker) +
    (next === undefined ? '' : keyed('NextMarker', next))
  );
}
