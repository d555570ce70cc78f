import { AwsFault } from '../aws/faults';
import type { ExportDescription, ExportWindow } from '../aws/services';
import { type Manifest, readManifest } from '../export/manifest';
import type { Covered } from '../export/manifest-text';
import { awaitExport, requestOrFindExport } from '../export/request';
import type { GenerationRun } from './generation-run';
import { TableReplaced } from './source-watch';
import { MOST_REFUSED_TIMES, REFUSED_TIME_PAUSE_MS } from './watermark';

/**
 * A load or heal cannot go on with its export, of which something may be loaded: only another generation begins with empty tables. Never
 * leaves the pipeline.
 */
export class ExportLost extends Error {
  constructor(options?: ErrorOptions) {
    super('an export is lost', options);
    this.name = 'ExportLost';
  }
}

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

/** What identifies an export, and where it goes. A repeated request must not differ. */
interface ExportPlace {
  readonly clientToken: string;
  readonly bucket: string;
  readonly prefix: string | undefined;
}

/** The parameters of a request for a full export. */
export interface ExportPlan extends ExportPlace {
  /** T, epoch ms. */
  readonly exportTime: number;
}

/** Requests an export of the generation's table, or finds the one with the same token. @throws AwsFault, ExportTokenTaken */
export async function requestExport(run: GenerationRun, plan: ExportPlan): Promise<RequestedExport> {
  const { exportTime } = plan;
  const request = { ...parametersOf(run, plan), exportTime };
  const { arn } = await requestOrFindExport(run.context.aws, request, run.signal);
  return { arn, exportTime };
}

/** The same for the changes of a window. @returns the export's ARN */
export async function requestWindow(
  run: GenerationRun,
  { from, to }: ExportWindow,
  place: ExportPlace,
): Promise<string> {
  const request = { ...parametersOf(run, place), window: { from, to } };
  return (await requestOrFindExport(run.context.aws, request, run.signal)).arn;
}

function parametersOf(
  { context: { settings }, committer }: GenerationRun,
  { clientToken, bucket, prefix }: ExportPlace,
) {
  const { tableArn } = committer.current.checkpoint;
  const { bucketOwner, kmsKeyId } = settings;
  return { tableArn, clientToken, bucket, prefix, bucketOwner, kmsKeyId };
}

/** Waits until an export is complete. @throws ExportFailed, AwsFault */
export function completeExport(
  { context, signal }: GenerationRun,
  { arn }: Pick<RequestedExport, 'arn'>,
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

/** Whether AWS no longer knows an export. */
export function isForgotten(error: unknown): boolean {
  return error instanceof AwsFault && error.code === 'ExportNotFoundException';
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
