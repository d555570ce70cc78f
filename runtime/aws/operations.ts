import type { CliFlags } from './cli-command';
import type { ExportWindow } from './services';

/** The details of a call, as far as they are known, for its error message. */
export interface CallContext extends CliFlags {
  /** Address of the called server; undefined when it is AWS's own. */
  readonly server?: string | undefined;
  /** Name of the source table. */
  readonly table?: string | undefined;
  /** ARN of the table, the stream, the export, the secret or the role. */
  readonly arn?: string | undefined;
  /** ARN of the assumed role that makes the call; undefined when the caller's own credentials do. */
  readonly sourceRole?: string | undefined;
  /** With which the role was requested. */
  readonly externalId?: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  /** The only attributes that the call reads. */
  readonly attributes?: readonly string[] | undefined;
  /** The requested period of an incremental export. */
  readonly window?: ExportWindow | undefined;
}

/** Every operation that the replicator calls, by its AWS name. */
export type Operation =
  | 'GetCallerIdentity'
  | 'AssumeRole'
  | 'DescribeTable'
  | 'DescribeContinuousBackups'
  | 'ExportTableToPointInTime'
  | 'DescribeExport'
  | 'ListExports'
  | 'BatchGetItem'
  | 'DescribeStream'
  | 'GetShardIterator'
  | 'GetRecords'
  | 'HeadBucket'
  | 'GetObject'
  | 'PutObject'
  | 'GetSecretValue'
  | 'Scan';

export type Service = 'sts' | 'dynamodb' | 'streams' | 's3' | 'secrets';

interface Permission {
  readonly service: Service;
  /** The action's name in a policy. Source: Service Authorization Reference, "Actions for Amazon DynamoDB", "… S3", "… Secrets Manager". */
  readonly action: string;
  readonly resource: (context: CallContext) => string;
}

const tableArn = (context: CallContext): string =>
  context.arn ?? `arn:aws:dynamodb:${context.region}:*:table/${context.table ?? '*'}`;
const streamArn = (context: CallContext): string =>
  context.arn ?? `arn:aws:dynamodb:${context.region}:*:table/${context.table ?? '*'}/stream/*`;
const exportArn = (context: CallContext): string =>
  context.arn?.replace(/\/export\/.*$/, '/export/*') ??
  `arn:aws:dynamodb:${context.region}:*:table/*/export/*`;
const bucketArn = (context: CallContext): string => `arn:aws:s3:::${context.bucket ?? '*'}`;
const objectArn = (context: CallContext): string => `${bucketArn(context)}/${folderOf(context.key ?? '')}*`;
const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);

/** The permission that each operation needs, and its resource. */
export const PERMISSIONS: Readonly<Record<Operation, Permission>> = {
  GetCallerIdentity: { service: 'sts', action: 'sts:GetCallerIdentity', resource: () => '*' },
  AssumeRole: { service: 'sts', action: 'sts:AssumeRole', resource: ({ arn }) => arn ?? '*' },
  DescribeTable: { service: 'dynamodb', action: 'dynamodb:DescribeTable', resource: tableArn },
  /** Only for `plan-table`. */
  Scan: { service: 'dynamodb', action: 'dynamodb:Scan', resource: tableArn },
  DescribeContinuousBackups: {
    service: 'dynamodb',
    action: 'dynamodb:DescribeContinuousBackups',
    resource: tableArn,
  },
  ExportTableToPointInTime: {
    service: 'dynamodb',
    action: 'dynamodb:ExportTableToPointInTime',
    resource: tableArn,
  },
  DescribeExport: { service: 'dynamodb', action: 'dynamodb:DescribeExport', resource: exportArn },
  ListExports: { service: 'dynamodb', action: 'dynamodb:ListExports', resource: () => '*' },
  BatchGetItem: { service: 'dynamodb', action: 'dynamodb:BatchGetItem', resource: tableArn },
  DescribeStream: { service: 'streams', action: 'dynamodb:DescribeStream', resource: streamArn },
  GetShardIterator: { service: 'streams', action: 'dynamodb:GetShardIterator', resource: streamArn },
  GetRecords: { service: 'streams', action: 'dynamodb:GetRecords', resource: streamArn },
  HeadBucket: { service: 's3', action: 's3:ListBucket', resource: bucketArn },
  GetObject: { service: 's3', action: 's3:GetObject', resource: objectArn },
  PutObject: { service: 's3', action: 's3:PutObject', resource: objectArn },
  GetSecretValue: {
    service: 'secrets',
    action: 'secretsmanager:GetSecretValue',
    resource: (context) => context.arn ?? '*',
  },
};

/**
 * Whether the operation uses the source role, if there is one. It does for tables and streams, and for writing to S3, since an
 * export is written with the rights of the identity that requests it.
 */
export function isForSource(operation: Operation): boolean {
  const { service } = PERMISSIONS[operation];
  return service === 'dynamodb' || service === 'streams' || operation === 'PutObject';
}

/** The object of the operation, in a few words. */
export function subjectOf(operation: Operation, context: CallContext): string {
  if (PERMISSIONS[operation].service === 's3') {
    return context.key === undefined ? `s3://${context.bucket}` : `s3://${context.bucket}/${context.key}`;
  }
  if (operation === 'GetCallerIdentity') return 'the caller';
  if (operation === 'AssumeRole') return `role ${context.arn}`;
  return context.arn ?? (context.table === undefined ? 'the table' : `table ${context.table}`);
}
