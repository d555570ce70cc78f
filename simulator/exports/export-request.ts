import { ServiceError, validation } from '../service-error';
import { checkMembers, constraint, optionalEnum, optionalText, requiredText } from '../tables/request';
import type { Input } from '../tables/request';

/** A checked request for a full export. */
export interface ExportRequest {
  readonly tableArn: string;
  readonly bucket: string;
  readonly prefix: string | undefined;
  readonly bucketOwner: string | undefined;
  /** Epoch ms; undefined: now. */
  readonly exportTime: number | undefined;
  readonly clientToken: string | undefined;
  readonly sseAlgorithm: string | undefined;
  readonly sseKmsKeyId: string | undefined;
  readonly format: 'DYNAMODB_JSON';
  /** As sent: DescribeExport does not show it when it was not. */
  readonly type: 'FULL_EXPORT' | undefined;
}

const MEMBERS = new Set([
  'TableArn',
  'S3Bucket',
  'S3Prefix',
  'S3BucketOwner',
  'S3SseAlgorithm',
  'S3SseKmsKeyId',
  'ExportTime',
  'ExportFormat',
  'ExportType',
  'ClientToken',
]);

const LACKING = 'the simulator does not have it yet';

/** Where ARNs must point. */
export interface ArnScope {
  readonly region: string;
  readonly accountId: string;
}

/** @throws ServiceError ValidationException for no ARN of that kind, AccessDeniedException for another's */
export function checkArn(arn: string, kind: 'table' | 'Export', { region, accountId }: ArnScope): void {
  const pattern =
    kind === 'table'
      ? /^arn:([\w-]+):dynamodb:([\w-]+):(\d{12}):table\/[\w.-]{3,255}$/
      : /^arn:([\w-]+):dynamodb:([\w-]+):(\d{12}):table\/[\w.-]{3,255}\/export\/[\w-]+$/;
  const match = pattern.exec(arn);
  if (!match) throw validation(`Invalid ${kind} ARN`);
  if (match[1] !== 'aws' || match[2] !== region || match[3] !== accountId) {
    throw new ServiceError('AccessDeniedException', `Access denied to ${arn}`);
  }
}

function exportTime(input: Input): number | undefined {
  const seconds = input['ExportTime'];
  if (seconds === undefined || seconds === null) return undefined;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    throw new ServiceError('SerializationException', 'ExportTime must be a number of epoch seconds');
  }
  return Math.round(seconds * 1000);
}

/** @throws ServiceError for what the service would refuse before it looks at the table */
export function parseExportRequest(input: Input, scope: ArnScope): ExportRequest {
  const type = optionalEnum(input, 'ExportType', ['FULL_EXPORT', 'INCREMENTAL_EXPORT']);
  if (type === 'INCREMENTAL_EXPORT') throw validation(`ExportType INCREMENTAL_EXPORT: ${LACKING}`);
  checkMembers('ExportTableToPointInTime', input, MEMBERS);
  const tableArn = requiredText(input, 'TableArn');
  checkArn(tableArn, 'table', scope);
  const bucket = requiredText(input, 'S3Bucket');
  if (bucket.length > 255 || !/^[a-z0-9A-Z]+[.\-\w]*[a-z0-9A-Z]+$/.test(bucket)) {
    const rule = 'Member must satisfy regular expression pattern: ^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$';
    throw constraint('S3Bucket', bucket, rule);
  }
  const format = optionalEnum(input, 'ExportFormat', ['DYNAMODB_JSON', 'ION']);
  if (format === 'ION') throw validation(`ExportFormat ION: ${LACKING}`);
  const clientToken = optionalText(input, 'ClientToken');
  if (clientToken !== undefined && !/^[^$]+$/.test(clientToken)) {
    const rule = 'Member must satisfy regular expression pattern: ^[^\\$]+$';
    throw constraint('ClientToken', clientToken, rule);
  }
  return {
    tableArn,
    bucket,
    prefix: optionalText(input, 'S3Prefix') || undefined,
    bucketOwner: optionalText(input, 'S3BucketOwner'),
    exportTime: exportTime(input),
    clientToken,
    sseAlgorithm: optionalEnum(input, 'S3SseAlgorithm', ['AES256', 'KMS']),
    sseKmsKeyId: optionalText(input, 'S3SseKmsKeyId'),
    format: 'DYNAMODB_JSON',
    type,
  };
}
