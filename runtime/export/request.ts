import { awsCommand, type CliFlags } from '../aws/cli-command';
import { AwsFault } from '../aws/faults';
import type { AwsServices, ExportDescription, ExportRequest } from '../aws/services';
import type { Clock } from '../clock';
import type { Events } from '../observe/events';
import { ExportFailed, ExportTokenTaken } from './errors';

/**
 * Requests an export, or finds the one that this very token started before a crash. The token has to be in the checkpoint before
 * (rule A3). When the token was used with another bucket, prefix or key (row 21), the export it started is looked up:
 * it is ours, and the caller goes by the bucket and prefix of its description.
 * @throws ExportTokenTaken when it cannot be found
 * @throws AwsFault
 */
export async function requestOrFindExport(
  aws: AwsServices,
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<ExportDescription> {
  try {
    return await aws.requestExport(request, signal);
  } catch (error) {
    if (!(error instanceof AwsFault) || error.code !== 'ExportConflictException') throw error;
    return await findExport(aws, request, error, signal);
  }
}

async function findExport(
  aws: AwsServices,
  request: ExportRequest,
  conflict: AwsFault,
  signal: AbortSignal | undefined,
): Promise<ExportDescription> {
  try {
    for (const arn of await aws.listExports(request.tableArn, signal)) {
      const description = await describeIfKept(aws, arn, signal);
      if (description?.clientToken === request.clientToken) return description;
    }
  } catch (error) {
    if (!(error instanceof AwsFault) || error.operation !== 'ListExports') throw error;
    throw new ExportTokenTaken(request.clientToken, request.tableArn, error.message, aws.cli, {
      cause: error,
    });
  }
  const reason = 'no export that AWS lists has this token';
  throw new ExportTokenTaken(request.clientToken, request.tableArn, reason, aws.cli, { cause: conflict });
}

/** Listed exports may age out between the listing and the question. */
async function describeIfKept(
  aws: AwsServices,
  arn: string,
  signal: AbortSignal | undefined,
): Promise<ExportDescription | undefined> {
  try {
    return await aws.describeExport(arn, signal);
  } catch (error) {
    if (error instanceof AwsFault && error.code === 'ExportNotFoundException') return undefined;
    throw error;
  }
}

/** How an export is waited for. */
export interface Waiting {
  readonly pipeline: string;
  readonly clock: Clock;
  readonly events: Events;
  /** Between two looks. */
  readonly pauseMs: number;
}

/**
 * Waits until the export is completed; there is no limit, a large table takes hours. Emits `export.progress` after each look.
 * @throws ExportFailed
 * @throws AwsFault, with code ExportNotFoundException when AWS no longer knows the export (row 24)
 */
export async function awaitExport(
  aws: AwsServices,
  exportArn: string,
  { clock, events, pauseMs, pipeline }: Waiting,
  signal?: AbortSignal,
): Promise<ExportDescription> {
  const startedAt = clock.elapsedMs();
  for (;;) {
    const description = await aws.describeExport(exportArn, signal);
    if (description.status === 'COMPLETED') return description;
    if (description.status === 'FAILED') throw exportFailed(description, aws.cli);
    const elapsedMs =
      description.startTime === undefined
        ? clock.elapsedMs() - startedAt
        : Math.max(0, aws.clock.now() - description.startTime);
    events.emit('export.progress', { pipeline, exportArn, elapsedMs });
    await clock.sleep(pauseMs, signal);
  }
}

function exportFailed(description: ExportDescription, cli: CliFlags): ExportFailed {
  const code = description.failureCode ?? 'UNKNOWN';
  return new ExportFailed(
    description.arn,
    code,
    description.failureMessage ?? 'AWS gives no reason',
    remedy(code, description, cli),
  );
}

/** The codes are an open list; those not known here are told as AWS says them. */
function remedy(code: string, { bucket, prefix }: ExportDescription, cli: CliFlags): string {
  const objects = `arn:aws:s3:::${bucket}/${prefix === undefined ? '' : `${prefix}/`}*`;
  if (/NoSuchBucket/i.test(code)) {
    const create = awsCommand(cli, `s3 mb s3://${bucket}`);
    return `There is no bucket ${bucket}. Create it (${create}), then start again: a new export is requested.`;
  }
  if (/KMS/i.test(code)) {
    return (
      `The KMS key of bucket ${bucket} or of the table cannot be used. Enable it and allow the caller kms:GenerateDataKey and ` +
      `kms:Decrypt on it (${awsCommand(cli, `s3api get-bucket-encryption --bucket ${bucket}`)} names it), then start again.`
    );
  }
  if (/AccessDenied/i.test(code)) {
    return (
      `The caller, or the source role where there is one, needs s3:PutObject and s3:AbortMultipartUpload on ${objects}. When the ` +
      `bucket is another account's, it needs s3:PutObjectAcl too, the bucket's policy has to allow it all three ` +
      `(${awsCommand(cli, `s3api get-bucket-policy --bucket ${bucket}`)}), and bucketOwner has to be set. Start again after that.`
    );
  }
  return 'Start again: a new export is requested.';
}
