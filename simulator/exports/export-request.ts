import { notSimulated, ServiceError, validation } from '../service-error';
import {
  checkMembers,
  missing,
  optionalEnum,
  optionalStructure,
  optionalText,
  requiredText,
} from '../tables/request';
import type { Input } from '../tables/request';

export type ViewType = 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** The window of an incremental export as requested, in epoch ms. */
export interface RequestedWindow {
  readonly from: number;
  /** undefined: now. */
  readonly to: number | undefined;
  readonly view: ViewType;
}

/** A validated request for an export. */
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
  /** As sent: DescribeExport shows it only if the request had it. */
  readonly type: 'FULL_EXPORT' | 'INCREMENTAL_EXPORT' | undefined;
  /** Present exactly if the type is INCREMENTAL_EXPORT. */
  readonly window: RequestedWindow | undefined;
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
  'IncrementalExportSpecification',
  'ClientToken',
]);

/** Region and account that ARNs must name. */
export interface ArnScope {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Checks an ARN's owner before the resource it names, as AWS does.
 * @throws ServiceError ValidationException if it is not an ARN of that kind, AccessDeniedException for another account's
 */
export function checkArn(arn: string, kind: 'Table' | 'Export', { region, accountId }: ArnScope): void {
  const invalid = (): Error =>
    validation(kind === 'Table' ? `Invalid TableArn: ${arn}` : 'Invalid Export ARN');
  const [prefix, partition, service, ofRegion, account, ...rest] = arn.split(':');
  if (prefix !== 'arn' || rest.length === 0) throw invalid();
  if (partition !== 'aws' || service !== 'dynamodb' || ofRegion !== region || account !== accountId) {
    throw new ServiceError('AccessDeniedException', `Access denied to ${arn}`);
  }
  const pattern = kind === 'Table' ? /^table\/[^/]{3,255}$/ : /^table\/[^/]{3,255}\/export\/[\w-]+$/;
  if (!pattern.test(rest.join(':'))) throw invalid();
}

/** A time of the wire (epoch seconds) in epoch ms. @throws ServiceError if it is present but not a number */
function optionalTime(input: Input, name: string): number | undefined {
  const seconds = input[name];
  if (seconds === undefined || seconds === null) return undefined;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    throw new ServiceError('SerializationException', `${name} must be a number of epoch seconds`);
  }
  return Math.round(seconds * 1000);
}

const WINDOW_MEMBERS = new Set(['ExportFromTime', 'ExportToTime', 'ExportViewType']);

/** @throws ServiceError ValidationException for members that do not belong to the type of the export */
function requestedWindow(input: Input, type: ExportRequest['type']): RequestedWindow | undefined {
  const specification = optionalStructure(input, 'IncrementalExportSpecification');
  if (type !== 'INCREMENTAL_EXPORT') {
    if (specification === undefined) return undefined;
    throw validation('IncrementalExportSpecification requires ExportType INCREMENTAL_EXPORT');
  }
  if (specification === undefined)
    throw validation('ExportType INCREMENTAL_EXPORT requires IncrementalExportSpecification');
  if (optionalTime(input, 'ExportTime') !== undefined)
    throw validation('ExportTime cannot be specified for ExportType INCREMENTAL_EXPORT');
  checkMembers('IncrementalExportSpecification', specification, WINDOW_MEMBERS);
  const from = optionalTime(specification, 'ExportFromTime');
  if (from === undefined) throw missing('incrementalExportSpecification.exportFromTime');
  const to = optionalTime(specification, 'ExportToTime');
  const view = optionalEnum(specification, 'ExportViewType', ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES']);
  return { from, to, view: view ?? 'NEW_AND_OLD_IMAGES' };
}

const BUCKET = { least: 1, most: 255, pattern: /^[a-z0-9A-Z]+[.\-\w]*[a-z0-9A-Z]+$/ };
// oxlint-disable-next-line no-control-regex -- keys must not have control characters
const PREFIX = { least: 1, most: 1024, pattern: /^[^\x00-\x1f\x7f]+$/ };
const OWNER = { least: 12, most: 12, pattern: /^[0-9]{12}$/ };
const TOKEN = { least: 1, most: Infinity, pattern: /^[^$]+$/ };
const KMS_KEY = { least: 1, most: 2048 };
const ARN = { least: 1, most: 1024 };

/** @throws ServiceError for what the service rejects before it looks up the table */
export function parseExportRequest(input: Input, scope: ArnScope): ExportRequest {
  checkMembers('ExportTableToPointInTime', input, MEMBERS);
  const type = optionalEnum(input, 'ExportType', ['FULL_EXPORT', 'INCREMENTAL_EXPORT']);
  const format = optionalEnum(input, 'ExportFormat', ['DYNAMODB_JSON', 'ION']);
  const request = {
    bucket: requiredText(input, 'S3Bucket', BUCKET),
    tableArn: requiredText(input, 'TableArn', ARN),
    prefix: optionalText(input, 'S3Prefix', PREFIX),
    bucketOwner: optionalText(input, 'S3BucketOwner', OWNER),
    exportTime: optionalTime(input, 'ExportTime'),
    clientToken: optionalText(input, 'ClientToken', TOKEN),
    sseAlgorithm: optionalEnum(input, 'S3SseAlgorithm', ['AES256', 'KMS']),
    sseKmsKeyId: optionalText(input, 'S3SseKmsKeyId', KMS_KEY),
  };
  const window = requestedWindow(input, type);
  checkArn(request.tableArn, 'Table', scope);
  if (format === 'ION') throw notSimulated('ExportFormat ION');
  return { ...request, format: 'DYNAMODB_JSON', type, window };
}
