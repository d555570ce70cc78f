import { AwsFault } from '../aws/faults';
import type { ExportDescription } from '../aws/services';
import { type Manifest, readManifest } from '../export/manifest';
import type { Covered } from '../export/manifest-text';
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
 * Runs `work`, which requests and loads an export, once the destination can take the load: nobody pays for an export that cannot be
 * loaded yet.
 */
export async function withExportPlace<T>(
  { context, signal }: GenerationRun,
  work: () => Promise<T>,
): Promise<T> {
  const { events, exports, pipeline } = context;
  if (exports.isTaken) {
    const reason = 'other tables load first, because the destination takes no more loads at the same time';
    events.emit('pipeline.waiting', { pipeline, reason, until: undefined });
  }
  return exports.run(work, signal);
}

/** The parameters of an export request. A repeated request must not differ. */
export interface ExportPlan {
  readonly clientToken: string;
  /** T, epoch ms. */
  readonly exportTime: number;
  readonly bucket: string;
  readonly prefix: string | undefined;
}

/** Requests an export of the generation's table, or finds the one with the same token. @throws AwsFault, ExportTokenTaken */
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

/** Waits until an export is complete. @throws ExportFailed, AwsFault */
export function completeExport(
  { context, signal }: GenerationRun,
  { arn }: RequestedExport,
): Promise<ExportDescription> {
  const { aws, clock, events, pipeline, settings } = context;
  return awaitExport(aws, arn, { clock, events, pipeline, pauseMs: settings.poll.exportMs }, signal);
}

/**
 * Reads the manifest of a complete export.
 * @param asked T of the request, or its window
 * @throws TableReplaced, AwsFault
 */
export async function manifestOf(
  { context: { aws, clock, table }, committer, signal }: GenerationRun,
  description: ExportDescription,
  asked: Covered,
): Promise<Manifest> {
  const manifest = await readManifest(aws, description, asked, signal, clock);
  const { tableId } = committer.current.checkpoint;
  if (manifest.tableId !== tableId && tableId !== undefined) throw new TableReplaced(table.name);
  return manifest;
}

/** Whether the service refused the time of an export: it lies in the future, or before recovery begins. */
export function isRefusedTime(error: unknown): boolean {
  return error instanceof AwsFault && error.code === 'InvalidExportTimeException';
}

/**
 * Repeats `work`, which requests an export, with a later time when the service refuses the time as lying in the future.
 * @param forget removes what was stored about the request
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
      if (!isRefusedTime(error) || refused === MOST_REFUSED_TIMES) throw error;
      await forget?.();
      await clock.sleep(REFUSED_TIME_PAUSE_MS, signal);
    }
  }
}
