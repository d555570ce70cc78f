import type { Export } from './export';

/** The `ExportDescription` of DescribeExport: members that do not apply are absent. */
export function describeExport(described: Export): object {
  const { arn, request, clientToken, table, startTime, outcome } = described;
  return {
    ExportArn: arn,
    ExportStatus: outcome?.status ?? 'IN_PROGRESS',
    StartTime: startTime / 1000,
    ...result(described),
    TableArn: table.arn,
    TableId: table.id,
    ...times(described),
    ClientToken: clientToken,
    S3Bucket: request.bucket,
    ...(request.bucketOwner === undefined ? {} : { S3BucketOwner: request.bucketOwner }),
    ...(request.prefix === undefined ? {} : { S3Prefix: request.prefix }),
    S3SseAlgorithm: request.sseAlgorithm ?? 'AES256',
    ...(request.sseKmsKeyId === undefined ? {} : { S3SseKmsKeyId: request.sseKmsKeyId }),
    ExportFormat: request.format,
    ...(request.type === undefined ? {} : { ExportType: request.type }),
  };
}

function result({ outcome, dueAt }: Export): object {
  if (outcome?.status === 'FAILED') return { FailureCode: outcome.code, FailureMessage: outcome.message };
  if (outcome === undefined) return {};
  return {
    EndTime: dueAt / 1000,
    ExportManifest: outcome.manifestKey,
    BilledSizeBytes: outcome.billedSizeBytes,
    ItemCount: outcome.itemCount,
  };
}

function times({ content }: Export): object {
  if (content.type === 'FULL_EXPORT') return { ExportTime: content.exportTime / 1000 };
  return {
    IncrementalExportSpecification: {
      ExportFromTime: content.from / 1000,
      ExportToTime: content.to / 1000,
      ExportViewType: content.view,
    },
  };
}
