import type { ExportDescription as Answered, ExportTableToPointInTimeInput } from '@aws-sdk/client-dynamodb';
import { ForeignAnswer, member } from './call';
import type { ExportDescription, ExportRequest, ExportWindow } from './services';

/** The request of an export in DynamoDB JSON. Source: API reference, "ExportTableToPointInTime". */
export function exportInput(request: ExportRequest): ExportTableToPointInTimeInput {
  return {
    TableArn: request.tableArn,
    ClientToken: request.clientToken,
    ...contentInput(request),
    S3Bucket: request.bucket,
    ExportFormat: 'DYNAMODB_JSON',
    ...(request.bucketOwner === undefined ? {} : { S3BucketOwner: request.bucketOwner }),
    ...(request.prefix === undefined ? {} : { S3Prefix: request.prefix }),
    ...(request.kmsKeyId === undefined ? {} : { S3SseAlgorithm: 'KMS', S3SseKmsKeyId: request.kmsKeyId }),
  };
}

function contentInput({ exportTime, window }: ExportRequest): Partial<ExportTableToPointInTimeInput> {
  if (window === undefined) return { ExportTime: new Date(exportTime), ExportType: 'FULL_EXPORT' };
  return {
    ExportType: 'INCREMENTAL_EXPORT',
    IncrementalExportSpecification: {
      ExportFromTime: new Date(window.from),
      ExportToTime: new Date(window.to),
      ExportViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

/** @throws ForeignAnswer */
export function exportDescription(answered: Answered): ExportDescription {
  const status = member(answered.ExportStatus, 'ExportStatus');
  if (!['IN_PROGRESS', 'COMPLETED', 'FAILED'].includes(status)) {
    throw new ForeignAnswer(`The export's status "${status}" is unknown.`);
  }
  return {
    arn: member(answered.ExportArn, 'ExportArn'),
    status,
    tableId: answered.TableId,
    ...content(answered),
    startTime: answered.StartTime?.getTime(),
    bucket: member(answered.S3Bucket, 'S3Bucket'),
    prefix: answered.S3Prefix,
    manifestKey: answered.ExportManifest,
    itemCount: answered.ItemCount,
    billedBytes: answered.BilledSizeBytes,
    failureCode: answered.FailureCode,
    failureMessage: answered.FailureMessage,
    clientToken: answered.ClientToken,
  };
}

type Content =
  | { readonly exportTime: number; readonly window: undefined }
  | { readonly exportTime: undefined; readonly window: ExportWindow };

function content({
  ExportType,
  ExportTime,
  IncrementalExportSpecification: specification,
}: Answered): Content {
  // AWS omits the type of an export that was requested without one.
  if (ExportType !== 'INCREMENTAL_EXPORT') {
    return { exportTime: member(ExportTime, 'ExportTime').getTime(), window: undefined };
  }
  const { ExportFromTime, ExportToTime } = member(specification, 'IncrementalExportSpecification');
  return {
    exportTime: undefined,
    window: {
      from: member(ExportFromTime, 'ExportFromTime').getTime(),
      to: member(ExportToTime, 'ExportToTime').getTime(),
    },
  };
}
