import { awsCommand, type CliFlags } from '../aws/cli-command';
import { AwsFault } from '../aws/faults';
import type {
  AwsServices,
  ExportDescription,
  ExportRequest,
  FullExport,
  FullExportRequest,
  IncrementalExport,
  IncrementalExportRequest,
} from '../aws/services';
import type { Clock } from '../clock';
import type { Events } from '../observe/events';
import { ExportFailed, ExportTokenTaken } from './errors';

/**
 * Requests an export, or finds the one that the same token started before a crash. The checkpoint must already have the token
 * (rule A3). If the token was used with another bucket, prefix or key (row 21), the export it started is looked up:
 * it is ours, and the caller uses the bucket and prefix of its description.
 * @throws ExportTokenTaken when it cannot be found, or is a full export instead of an incremental one or the reverse
 * @throws AwsFault
 */
export async function requestOrFindExport(
  aws: AwsServices,
  request: FullExportRequest,
  signal?: AbortSignal,
): Promise<FullExport>;
export async function requestOrFindExport(
  aws: AwsServices,
  request: IncrementalExportRequest,
  signal?: AbortSignal,
): Promise<IncrementalExport>;
export async function requestOrFindExport(
  aws: AwsServices,
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<ExportDescription> {
  const description = await startOrFind(aws, request, signal);
  if ((description.window === undefined) === (request.window === undefined)) return description;
  const reason = `the export ${description.arn} that it started is of the other type`;
  throw new ExportTokenTaken(request.clientToken, request.tableArn, reason, aws.cli);
}

async function startOrFind(
  aws: AwsServices,
  request: ExportRequest,
  signal: AbortSignal | undefined,
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

/** A listed export may expire before it is described. */
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

/** How to wait for an export. */
export interface Waiting {
  readonly pipeline: string;
  readonly clock: Clock;
  readonly events: Events;
  /** Between two polls. */
  readonly pauseMs: number;
}

/**
 * Waits until the export is complete, without a limit: a large table takes hours. Emits `export.progress` after each poll.
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
    description.failureMessage ?? 'AWS gave no reason',
    remedy(code, description, cli),
  );
}

/** AWS may add codes; unknown ones are reported as they are. */
function remedy(code: string, { bucket, prefix }: ExportDescription, cli: CliFlags): string {
  const objects = `arn:aws:s3:::${bucket}/${prefix === undefined ? '' : `${prefix}/`}*`;
  if (/NoSuchBucket/i.test(code)) {
    const create = awsCommand(cli, `s3 mb s3://${bucket}`);
    return `There is no bucket ${bucket}. Create it (${create}), then start again: a new export is requested.`;
  }
  if (/KMS/i.test(code)) {
    return (
      `AWS cannot use the KMS key of bucket ${bucket} or of the table. Enable it and allow the caller kms:GenerateDataKey and ` +
      `kms:Decrypt on it (${awsCommand(cli, `s3api get-bucket-encryption --bucket ${bucket}`)} prints the bucket's), then start again.`
    );
  }
  if (/AccessDenied/i.test(code)) {
    return (
      `The caller, or the source role if there is one, needs s3:PutObject and s3:AbortMultipartUpload on ${objects}. If the ` +
      `bucket belongs to another account, it also needs s3:PutObjectAcl, the bucket's policy has to allow all three ` +
      `(${awsCommand(cli, `s3api get-bucket-policy --bucket ${bucket}`)}), and bucketOwner has to be set. Then start again.`
    );
  }
  return 'Start again: a new export is requested.';
}
