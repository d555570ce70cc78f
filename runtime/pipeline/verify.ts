import { exportCostUsd } from '../../cost/costs';
import type { Settings } from '../config';
import type { Comparison } from '../destinations/destination';
import { finalMessage } from '../errors';
import { coverageOf, sampleOf } from '../export/file-sample';
import { exportToken } from '../export/token';
import { counted } from '../observe/figures';
import type { Coverage } from '../observe/verify-outcome';
import { waitFor, waitUntil } from './context';
import { whileUnavailable } from './destination-retry';
import type { GenerationRun } from './generation-run';
import { loadManifest } from './load-manifest';
import { completeResync, resyncCommand, verifyCommand } from './resync-command';
import { StreamDisabled } from './source';
import { describeSource, requireSameSource } from './source-watch';
import {
  completeExport,
  manifestOf,
  requestExport,
  type RequestedExport,
  withExportPlace,
  withinExportTimes,
} from './table-export';
import { verifyFinished } from './verify-schedule';
import { EXPORT_BLUR_MS, exportableFrom, latestExportTime } from './watermark';

/** Keys listed in a report; the counts include all. */
const EXAMPLES = 20;

/** The result of `verify`. Times are epoch ms. */
export interface VerifyReport extends Comparison {
  readonly exportTime: number;
  readonly exportArn: string;
  /** What of the export was compared. */
  readonly coverage: Coverage;
}

export interface VerifyRequest {
  /** Share of the export's files to load and compare, above 0 and up to 1. */
  readonly sample: number;
  /** Nobody has agreed to its price, so that is reported. */
  readonly isScheduled?: true;
}

/**
 * Compares the visible table with a point-in-time export, cell by cell, while the stream continues (rule V1). Any failure also ends
 * the recording. If the signal aborts first, the next lease or generation removes the leftovers (rule V3).
 */
export async function verify(run: GenerationRun, request: VerifyRequest): Promise<VerifyReport> {
  const { context, store, committer, signal } = run;
  const { aws, events, pipeline } = context;
  const askedAt = aws.clock.now();
  await waitFor(context, () => committer.current.checkpoint.phase === 'stream', signal);
  try {
    await untilCaughtUp(run, askedAt);
    await whileUnavailable(context, signal, () => store.startVerify());
    const report = await whileRecording(run, request);
    await reportFinished(run, report, request.isScheduled === true);
    return report;
  } finally {
    events.emit('verify.ended', { pipeline });
  }
}

/** Keeps the figures in the checkpoint, for `status` and the schedule. */
async function reportFinished(
  { context, committer, signal }: GenerationRun,
  { differences, rowsCompared, keysSkipped, coverage }: VerifyReport,
  scheduled: boolean,
): Promise<void> {
  const { aws, events, pipeline, settings, table } = context;
  const outcome = { at: aws.clock.now(), differences, rowsCompared, keysSkipped, coverage };
  await committer.commit(signal, ({ checkpoint, graph }) => ({
    checkpoint: { ...checkpoint, verify: verifyFinished(outcome) },
    graph,
  }));
  // A user who requested it gets the differing keys.
  const message = scheduled && differences > 0 ? whatDiffers(differences, table.name, settings) : undefined;
  events.emit('verify.finished', { pipeline, ...outcome, scheduled, message });
}

function whatDiffers(differences: number, table: string, settings: Settings): string {
  return (
    `${counted(differences, 'key')} of table ${table} ${differences === 1 ? 'differs' : 'differ'} from the source. To see which, and ` +
    `in which columns: ${verifyCommand(table, settings)} . To repair the table: ${resyncCommand(table, settings)}`
  );
}

/**
 * Waits until every change before `time` (epoch ms) is applied. Otherwise the keys of those changes would be recorded, and a verify after
 * a long pause would compare few.
 */
async function untilCaughtUp(run: GenerationRun, time: number): Promise<void> {
  const { events, pipeline } = run.context;
  if (run.committer.current.graph.watermark() < time)
    events.emit('verify.progress', { pipeline, stage: 'applying the changes up to the start of the verify' });
  await untilApplied(run, time);
}

/** @throws StreamDisabled when W never reaches this time: the stream is off, and everything that it still has is applied */
async function untilApplied({ context, committer, signal }: GenerationRun, time: number): Promise<void> {
  const isApplied = () => {
    const { graph } = committer.current;
    if (graph.watermark() >= time) return true;
    if (graph.drained()) throw new StreamDisabled(context.table.name, context.aws.cli);
    return false;
  };
  await waitFor(context, isApplied, signal);
}

async function whileRecording(run: GenerationRun, request: VerifyRequest): Promise<VerifyReport> {
  const { context, store, signal } = run;
  const { events, pipeline } = context;
  const end = () => whileUnavailable(context, signal, () => store.endVerify());
  const reportFailure = (error: unknown) => {
    const message = error instanceof Error ? finalMessage(error) : String(error);
    if (!signal.aborted) events.emit('verify.failed', { pipeline, message });
  };
  let report: VerifyReport;
  try {
    report = await compareWithExport(run, request);
  } catch (error) {
    completeResync(error, run.context);
    reportFailure(error);
    if (!signal.aborted) await end().catch(reportFailure);
    throw error;
  }
  await end();
  return report;
}

/**
 * Rule V1. From now on every key that changes is recorded. The export's time T is later than the start of the recording by at least
 * EXPORT_BLUR_MS. Once W has passed T by as much, every row whose key was not recorded must equal the export. Of a
 * sample only the keys in its files are compared. The token chooses the files, so each verify takes others.
 */
async function compareWithExport(
  run: GenerationRun,
  { sample, isScheduled }: VerifyRequest,
): Promise<VerifyReport> {
  const { context, store, committer, signal } = run;
  const { aws, events, pipeline, table } = context;
  const progress = (stage: string) => events.emit('verify.progress', { pipeline, stage });
  const recordedFrom = aws.clock.now();
  progress('waiting until an export can be requested');
  await waitUntil(context, exportableFrom(recordedFrom + EXPORT_BLUR_MS), undefined, signal);

  const { arn, exportTime, coverage } = await withExportPlace(run, async () => {
    progress('waiting for an export to compare with');
    const requested = await withinExportTimes(run, () => requestLatest(run, isScheduled === true));
    const manifest = await manifestOf(run, await completeExport(run, requested), requested.exportTime);
    const chosen = sampleOf(manifest, sample, requested.clientToken);
    progress(`loading ${counted(chosen.itemCount, 'item')} to compare with`);
    await loadManifest(run, 'verify', chosen);
    return { ...requested, coverage: coverageOf(chosen, manifest) };
  });

  progress('waiting for the stream to pass the export');
  await untilApplied(run, exportTime + EXPORT_BLUR_MS);
  requireSameSource(committer.current, await describeSource(aws, table.name, signal), aws.clock.now());

  progress('comparing');
  const which = sample < 1 ? 'sample' : 'all';
  const comparison = await whileUnavailable(context, signal, () => store.compare(EXAMPLES, signal, which));
  return { ...comparison, exportTime, exportArn: arn, coverage };
}

/** Requests an export of the latest possible time. */
async function requestLatest(
  run: GenerationRun,
  reportsPrice: boolean,
): Promise<RequestedExport & { readonly clientToken: string }> {
  const { aws, events, pipeline, settings, table } = run.context;
  const { tableId, generation } = run.committer.current.checkpoint;
  const exportTime = latestExportTime(aws.clock.now());
  const attempt = exportTime / 1_000;
  const clientToken = exportToken({ pipeline: `${pipeline} verify`, tableId, generation, attempt });
  const { name: bucket, prefix } = settings.bucket;
  if (reportsPrice) {
    const { sizeBytes } = await describeSource(aws, table.name, run.signal);
    const priceUsd = exportCostUsd(sizeBytes);
    events.emit('export.requested', { pipeline, exportTime, tableBytes: sizeBytes, priceUsd });
  }
  return { ...(await requestExport(run, { clientToken, exportTime, bucket, prefix })), clientToken };
}
