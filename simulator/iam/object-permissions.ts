import type { AccessRequest } from './policy';

/** Bucket and keys of an S3 request. */
export interface ObjectCall {
  readonly bucket: string;
  /** Several for DeleteObjects; none for a call on the bucket. */
  readonly keys: readonly string[];
  /** Prefix of a listing, if it has one. */
  readonly prefix: string | undefined;
}

const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: 's3:ListBucket',
  ListObjects: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
  GetBucketTagging: 's3:GetBucketTagging',
  PutBucketTagging: 's3:PutBucketTagging',
  DeleteBucketTagging: 's3:PutBucketTagging',
  GetBucketVersioning: 's3:GetBucketVersioning',
  GetBucketLocation: 's3:GetBucketLocation',
  CreateBucket: 's3:CreateBucket',
  DeleteBucket: 's3:DeleteBucket',
};

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  CopyObject: 's3:PutObject',
  UploadPartCopy: 's3:PutObject',
  GetObjectTagging: 's3:GetObjectTagging',
  PutObjectTagging: 's3:PutObjectTagging',
  DeleteObjectTagging: 's3:DeleteObjectTagging',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  DeleteObject: 's3:DeleteObject',
  DeleteObjects: 's3:DeleteObject',
};

/** The simulator uses plain HTTP where AWS uses TLS. Policies that require TLS must still allow its calls. */
const OVER_TLS = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' } as const;

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

/** An action on an object. */
export const objectRequest = (action: string, bucket: string, key: string): AccessRequest => ({
  action,
  resource: `${bucketArn(bucket)}/${key}`,
  context: OVER_TLS,
});

/** Listing a bucket, with or without a prefix. */
export const listRequest = (bucket: string, prefix?: string): AccessRequest => ({
  action: 's3:ListBucket',
  resource: bucketArn(bucket),
  context: { ...OVER_TLS, 's3:prefix': prefix },
});

/**
 * The permissions that an S3 operation needs; empty for an unknown operation. Source: Service Authorization Reference,
 * "Actions … for Amazon S3"; Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
 */
export function objectPermissions(operation: string, { bucket, keys, prefix }: ObjectCall): AccessRequest[] {
  if (operation === 'ListBuckets')
    return [{ action: 's3:ListAllMyBuckets', resource: '*', context: OVER_TLS }];
  const onObject = OBJECT_ACTIONS[operation];
  if (onObject !== undefined) return keys.map((key) => objectRequest(onObject, bucket, key));
  const onBucket = BUCKET_ACTIONS[operation];
  if (onBucket === undefined) return [];
  if (onBucket === 's3:ListBucket') return [listRequest(bucket, prefix)];
  return [{ action: onBucket, resource: bucketArn(bucket), context: OVER_TLS }];
}

/**
 * The permissions on an export's file that its requester needs, since it is written with the requester's rights. `isForeign`:
 * the bucket belongs to another account. Source: DynamoDB Developer Guide, "Requesting a table export in DynamoDB".
 */
export function exportPermissions(bucket: string, key: string, isForeign: boolean): AccessRequest[] {
  const actions = [
    's3:PutObject',
    's3:AbortMultipartUpload',
    ...(isForeign ? (['s3:PutObjectAcl'] as const) : []),
  ];
  return actions.map((action) => objectRequest(action, bucket, key));
}
