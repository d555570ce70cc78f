import { createHash } from 'node:crypto';
import type { SimulatorClock } from '../clock';
import { ServiceError } from '../service-error';

export interface StoredObject {
  readonly body: Buffer;
  /** Quoted, as in the header. */
  readonly etag: string;
  /** Epoch ms. */
  readonly lastModified: number;
  readonly contentType: string;
  /** Content-Encoding and other headers that are returned as received. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** `x-amz-checksum-…` headers of the upload. */
  readonly checksums: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/** Values by key. */
export type Tags = ReadonlyMap<string, string>;

export interface PutOptions {
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
  metadata?: Readonly<Record<string, string>>;
  checksums?: Readonly<Record<string, string>>;
  tags?: Tags;
  /** `*` refuses to overwrite. */
  ifNoneMatch?: string;
  /** Overwrites only the object with this ETag. */
  ifMatch?: string;
}

export interface ListOptions {
  prefix?: string;
  delimiter?: string;
  /** Only keys and common prefixes after this one. */
  after?: string;
  maxKeys?: number;
}

export interface ListedPage {
  readonly objects: readonly { key: string; object: StoredObject }[];
  readonly commonPrefixes: readonly string[];
  /** The last key or common prefix of this page; undefined on the last one. */
  readonly next?: string;
}

interface Bucket {
  readonly owner: string;
  readonly region: string;
  readonly createdAt: number;
  readonly objects: Map<string, StoredObject>;
  sortedKeys: string[] | undefined;
  tags: Tags;
}

const NO_TAGS: Tags = new Map();

const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();

/** S3 orders keys by their UTF-8 bytes. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The ETag of a multipart upload: the MD5 of the parts' MD5s and their number. */
export function multipartEtag(parts: readonly Buffer[]): string {
  return `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-${parts.length}"`;
}

/** Buckets and their objects, in memory. Errors are ServiceErrors with S3's code and status. */
export class ObjectStore {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: SimulatorClock,
    /** The account on whose behalf calls are made. */
    private accountId: string,
    /** Where buckets are created that name no region. */
    private readonly region: string,
  ) {}

  /** Runs `work` on behalf of another account. */
  as<Result>(accountId: string, work: () => Result): Result {
    const before = this.accountId;
    this.accountId = accountId;
    try {
      return work();
    } finally {
      this.accountId = before;
    }
  }

  /** Whether the object exists, without an access check. */
  has(bucketName: string, key: string): boolean {
    return this.buckets.get(bucketName)?.objects.has(key) ?? false;
  }

  /** `owner`: the account that the bucket belongs to. Access to another account's bucket is denied. */
  createBucket(name: string, owner: string = this.accountId, region: string = this.region): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
    }
    const existing = this.buckets.get(name);
    if (existing) {
      const type = existing.owner === this.accountId ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists';
      throw new ServiceError(type, `The bucket ${name} already exists`, 409);
    }
    this.buckets.set(name, {
      owner,
      region,
      createdAt: this.clock.now(),
      objects: new Map(),
      sortedKeys: undefined,
      tags: NO_TAGS,
    });
  }

  /** @throws ServiceError BucketNotEmpty */
  deleteBucket(name: string): void {
    if (this.bucket(name).objects.size > 0) {
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    }
    this.buckets.delete(name);
  }

  listBuckets(): { name: string; createdAt: number }[] {
    return [...this.buckets]
      .filter(([, bucket]) => bucket.owner === this.accountId)
      .map(([name, { createdAt }]) => ({ name, createdAt }));
  }

  /** @throws ServiceError NoSuchBucket, AccessDenied */
  headBucket(name: string): void {
    this.bucket(name);
  }

  /** @throws ServiceError NoSuchTagSet if it has no tags */
  getBucketTagging(name: string): Tags {
    const { tags } = this.bucket(name);
    if (tags.size > 0) return tags;
    throw new ServiceError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: name });
  }

  putBucketTagging(name: string, tags: Tags): void {
    this.bucket(name).tags = tags;
  }

  deleteBucketTagging(name: string): void {
    this.bucket(name).tags = NO_TAGS;
  }

  /** The owner, without an access check; undefined if the bucket does not exist. */
  ownerOf(name: string): string | undefined {
    return this.buckets.get(name)?.owner;
  }

  /** The region, without an access check; undefined if the bucket does not exist. */
  regionOf(name: string): string | undefined {
    return this.buckets.get(name)?.region;
  }

  putObject(bucketName: string, key: string, body: Buffer, options: PutOptions = {}): StoredObject {
    return this.store(bucketName, key, body, `"${md5(body).toString('hex')}"`, options);
  }

  /** Stores parts as one object, with the ETag of a multipart upload. */
  putParts(
    bucketName: string,
    key: string,
    parts: readonly Buffer[],
    options: PutOptions = {},
  ): StoredObject {
    return this.store(bucketName, key, Buffer.concat(parts), multipartEtag(parts), options);
  }

  /** @throws ServiceError NoSuchBucket, AccessDenied, NoSuchKey, PreconditionFailed */
  getObject(bucketName: string, key: string, conditions: { ifMatch?: string } = {}): StoredObject {
    const object = this.bucket(bucketName).objects.get(key);
    if (!object) throw noSuchKey(key);
    if (conditions.ifMatch !== undefined && !matches(conditions.ifMatch, object.etag))
      throw preconditionFailed();
    return object;
  }

  headObject(bucketName: string, key: string, conditions: { ifMatch?: string } = {}): StoredObject {
    return this.getObject(bucketName, key, conditions);
  }

  /** Does not change `lastModified`: tags are not part of the object. @throws ServiceError NoSuchKey */
  putObjectTagging(bucketName: string, key: string, tags: Tags): void {
    const object = this.getObject(bucketName, key);
    this.bucket(bucketName).objects.set(key, { ...object, tags });
  }

  deleteObject(bucketName: string, key: string): void {
    const bucket = this.bucket(bucketName);
    if (bucket.objects.delete(key)) bucket.sortedKeys = undefined;
  }

  listObjects(bucketName: string, options: ListOptions = {}): ListedPage {
    const bucket = this.bucket(bucketName);
    const { prefix = '', delimiter, after = '', maxKeys = 1000 } = options;
    bucket.sortedKeys ??= [...bucket.objects.keys()].sort(byBytes);
    const objects: { key: string; object: StoredObject }[] = [];
    const commonPrefixes: string[] = [];
    let last = after;
    if (maxKeys === 0) return { objects, commonPrefixes };
    for (const key of bucket.sortedKeys) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      const shown = end < 0 ? key : key.slice(0, end + (delimiter?.length ?? 0));
      if (byBytes(shown, after) <= 0 || shown === commonPrefixes.at(-1)) continue;
      if (objects.length + commonPrefixes.length === Math.min(maxKeys, 1000)) {
        return { objects, commonPrefixes, next: last };
      }
      if (end >= 0) commonPrefixes.push(shown);
      else objects.push({ key, object: bucket.objects.get(key) as StoredObject });
      last = shown;
    }
    return { objects, commonPrefixes };
  }

  private store(
    bucketName: string,
    key: string,
    body: Buffer,
    etag: string,
    options: PutOptions,
  ): StoredObject {
    const bucket = this.bucket(bucketName);
    if (key === '' || Buffer.byteLength(key) > 1024) {
      throw new ServiceError('KeyTooLongError', 'Your key is empty or too long');
    }
    const existing = bucket.objects.get(key);
    if (options.ifNoneMatch === '*' && existing) throw preconditionFailed();
    if (options.ifMatch !== undefined) {
      // "How to prevent object overwrites with conditional writes": a missing object is a 404, not a failed precondition.
      if (!existing) throw noSuchKey(key);
      if (!matches(options.ifMatch, existing.etag)) throw preconditionFailed();
    }
    const object: StoredObject = {
      body,
      etag,
      lastModified: this.clock.now(),
      contentType: options.contentType ?? 'binary/octet-stream',
      headers: options.headers ?? {},
      metadata: options.metadata ?? {},
      checksums: options.checksums ?? {},
      tags: options.tags ?? NO_TAGS,
    };
    if (!existing) bucket.sortedKeys = undefined;
    bucket.objects.set(key, object);
    return object;
  }

  private bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) {
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404, {
        BucketName: name,
      });
    }
    if (bucket.owner !== this.accountId) throw new ServiceError('AccessDenied', 'Access Denied', 403);
    return bucket;
  }
}

const matches = (wanted: string, etag: string): boolean =>
  wanted === '*' || wanted.replaceAll('"', '') === etag.replaceAll('"', '');

const noSuchKey = (key: string): ServiceError =>
  new ServiceError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });

const preconditionFailed = (): ServiceError =>
  new ServiceError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
  );
