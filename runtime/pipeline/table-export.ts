import { AwsFault } from '../aws/faults';
import type { ExportDescription } from '../aws/services';
import { type Manifest, readManifest } from '../export/manifest';
import { awaitExport, requestOrFindExport } from '../export/request';
import type { GenerationRun } from './generation-run';
import { TableReplaced } from './source-watch';
import { MOST_REFUSED_TIMES, REFUSED_TIME_PAUSE_MS } from './watermark';

/** An export that has been requested. */
export interface RequestedExport {
  readonly arn: string;
  /** T, epoch ms. */
  readonly exportTime: number;
}

/**
 * Runs what requests an export and loads it, when the destination has a place for it: an export that cannot be loaded yet is not
 * paid for.
 */
export async function withExportPlace<T>(
  { context, signal }: GenerationRun,
  work: () => Promise<T>,
): Promise<T> {
  const { events, exports, pipeline } = context;
  if (exports.isTaken) {
    const reason = 'other tables are loaded first, as the destination takes no more loads at the same time';
    events.emit('pipeline.waiting', { pipeline, reason, until: undefined });
  }
  return exports.run(work, signal);
}

/** An export as it is requested; what is sent again must not differ. */
export interface ExportPlan {
  readonly clientToken: string;
  /** T, epoch ms. */
  readonly exportTime: number;
  readonly bucket: string;
  readonly prefix: string | undefined;
}

/** Requests an export of the generation's table, or finds the one of the same token. @throws AwsFault, ExportTokenTaken */
export async function requestExport(
  { context: { aws, settings }, committer, signal }: GenerationRun,
  { clientToken, exportTime, bucket, prefix }: ExportPlan,
): Promise<RequestedExport> {
  const { tableArn } = committer.current.checkpoint;
  const { bucketOwner, kmsKeyId } = settings;
  const request = { tableArn, clientToken, exportTime, bucket, prefix, bucketOwner, kmsKeyId };
  const { arn } = await requestOrFindExport(aws, request, signal);
  return { arn, exportTime };
}

/** Waits for an export to be complete. @throws ExportFailed, AwsFault */
export function completeExport(
  { context, signal }: GenerationRun,
  { arn }: RequestedExport,
): Promise<ExportDescription> {
  const { aws, clock, events, pipeline, settings } = context;
  return awaitExport(aws, arn, { clock, events, pipeline, pauseMs: settings.poll.exportMs }, signal);
}

/** What a complete export holds. @throws TableReplaced, AwsFault */
export async function manifestOf(
  { context: { aws, clock, table }, committer, signal }: GenerationRun,
  description: ExportDescription,
  exportTime: number,
): Promise<Manifest> {
  const manifest = await readManifest(aws, description, exportTime, signal, clock);
  const { tableId } = committer.current.checkpoint;
  if (manifest.tableId !== tableId && tableId !== undefined) throw new TableReplaced(table.name);
  return manifest;
}

/**
 * Does again what requests an export, with a later time, should the service refuse one that it takes to be in the future.
 * @param forget what has been stored of the request
 */
export async function withinExportTimes<T>(
  { context: { clock }, signal }: GenerationRun,
  work: () => Promise<T>,
  forget?: () => Promise<void>,
): Promise<T> {
  for (let refused = 1; ; refused++) {
    try {
      return await work();
    } catch (error) {
      const isRefusedTime = error instanceof AwsFault && error.code === 'InvalidExportTimeException';
      if (!isRefusedTime || refused === MOST_REFUSED_TIMES) throw error;
      await forget?.();
      await clock.sleep(REFUSED_TIME_PAUSE_MS, signal);
    }
  }
}
