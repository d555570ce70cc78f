import type { ExportDescription as Answered, ExportTableToPointInTimeInput } from '@aws-sdk/client-dynamodb';
import { ForeignAnswer, member } from './call';
import type { ExportDescription, ExportRequest } from './services';

/** The request of a full export in DynamoDB JSON. Source: API reference, "ExportTableToPointInTime". */
export function exportInput(request: ExportRequest): ExportTableToPointInTimeInput {
  return {
    TableArn: request.tableArn,
    ClientToken: request.clientToken,
    ExportTime: new Date(request.exportTime),
    S3Bucket: request.bucket,
    ExportFormat: 'DYNAMODB_JSON',
    ExportType: 'FULL_EXPORT',
    ...(request.bucketOwner === undefined ? {} : { S3BucketOwner: request.bucketOwner }),
    ...(request.prefix === undefined ? {} : { S3Prefix: request.prefix }),
    ...(request.kmsKeyId === undefined ? {} : { S3SseAlgorithm: 'KMS', S3SseKmsKeyId: request.kmsKeyId }),
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
    exportTime: member(answered.ExportTime, 'ExportTime').getTime(),
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
