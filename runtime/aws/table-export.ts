import type { ExportDescription as Answered, ExportTableToPointInTimeInput } from '@aws-sdk/client-dynamodb';
import { present, UnreadableAnswer } from './call';
import type { ExportDescription, ExportRequest } from './services';

/** Only DynamoDB JSON, only full exports. Source: API reference, "ExportTableToPointInTime". */
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

/** @throws UnreadableAnswer */
export function exportDescription(answered: Answered): ExportDescription {
  const status = present(answered.ExportStatus, 'ExportStatus');
  if (!['IN_PROGRESS', 'COMPLETED', 'FAILED'].includes(status)) {
    throw new UnreadableAnswer(`The export's status "${status}" is not known.`);
  }
  return {
    arn: present(answered.ExportArn, 'ExportArn'),
    status,
    tableId: answered.TableId,
    exportTime: present(answered.ExportTime, 'ExportTime').getTime(),
    startTime: answered.StartTime?.getTime(),
    bucket: present(answered.S3Bucket, 'S3Bucket'),
    prefix: answered.S3Prefix,
    manifestKey: answered.ExportManifest,
    itemCount: answered.ItemCount,
    billedBytes: answered.BilledSizeBytes,
    failureCode: answered.FailureCode,
    failureMessage: answered.FailureMessage,
    clientToken: answered.ClientToken,
  };
}
