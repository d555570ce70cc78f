import { AwsFault } from '../aws/faults';
import type { Comparison, Lease } from '../destinations/destination';
import { readManifest } from '../export/manifest';
import { awaitExport, requestOrFindExport } from '../export/request';
import { exportToken } from '../export/token';
import type { Committer } from './committer';
import { exportWaiting, type PipelineContext, waitFor, waitUntil } from './context';
import { whileUnavailable } from './destination-retry';
import { loadManifest } from './load-manifest';
import { describeSource, requireSameSource, TableReplaced } from './source-watch';
import type { TableWriter } from './table-writer';
import {
  EXPORT_BLUR_MS,
  exportableFrom,
  latestExportTime,
  MOST_REFUSED_TIMES,
  REFUSED_TIME_PAUSE_MS,
} from './watermark';

/** Differing keys that are named; all are counted. */
const EXAMPLES = 20;

/** What `verify` found. Times are epoch ms. */
export interface VerifyReport extends Comparison {
  readonly exportTime: number;
  readonly exportArn: string;
}

/** What a verify works with. */
interface VerifyContext {
  readonly context: PipelineContext;
  readonly lease: Lease;
  readonly committer: Committer;
  readonly writer: TableWriter;
  readonly signal: AbortSignal;
}

/**
 * Compares the visible table with a point-in-time export, cell by cell, while the stream goes on (rule V1). Whatever fails, the
 * recording ends with it; of what its signal cuts short, the next lease or generation leaves nothing (rule V3).
 */
export async function verify(
  context: PipelineContext,
  lease: Lease,
  committer: Committer,
  writer: TableWriter,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { events, pipeline } = context;
  await waitFor(context, () => committer.current.checkpoint.phase === 'stream', signal);
  await whileUnavailable(context, signal, () => lease.startVerify());
  const end = () => whileUnavailable(context, signal, () => lease.endVerify());
  const tellFailure = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    if (!signal.aborted) events.emit('verify.failed', { pipeline, message });
  };
  let report: VerifyReport;
  try {
    report = await compareWithExport({ context, lease, committer, writer, signal });
  } catch (error) {
    tellFailure(error);
    if (!signal.aborted) await end().catch(tellFailure);
    throw error;
  } finally {
    events.emit('verify.ended', { pipeline });
  }
  await end();
  return report;
}

/**
 * Rule V1: from now on every key that changes is recorded; the export is of a time T later than the record's first commit by
 * what an export may blur; once W has passed T by as much, every row whose key was not recorded must equal the export.
 */
async function compareWithExport(verification: VerifyContext): Promise<VerifyReport> {
  const { context, lease, committer, writer, signal } = verification;
  const { aws, clock, events, pipeline, table } = context;
  const tell = (stage: string) => events.emit('verify.progress', { pipeline, stage });
  const recordedFrom = aws.clock.now();
  tell('recording the keys that change from now on');
  await waitUntil(
    context,
    exportableFrom(recordedFrom + EXPORT_BLUR_MS),
    'the export has to be later than the record',
    signal,
  );

  tell('waiting for an export to compare with');
  const { checkpoint } = committer.current;
  const { arn, exportTime } = await requestedExport(verification);
  const description = await awaitExport(aws, arn, exportWaiting(context), signal);
  const manifest = await readManifest(aws, description, exportTime, signal, clock);
  if (manifest.tableId !== checkpoint.tableId && checkpoint.tableId !== undefined)
    throw new TableReplaced(table.name);

  tell(`loading ${manifest.itemCount} items to compare with`);
  await loadManifest(
    context,
    lease,
    writer,
    { role: 'verify', generation: checkpoint.generation, manifest },
    signal,
  );

  tell('waiting for the stream to pass the export');
  const passed = () => committer.current.graph.watermark() >= exportTime + EXPORT_BLUR_MS;
  await waitFor(context, passed, signal);
  requireSameSource(committer.current, await describeSource(aws, table.name, signal), aws.clock.now());

  tell('comparing');
  const comparison = await whileUnavailable(context, signal, () => lease.compare(EXAMPLES, signal));
  return { ...comparison, exportTime, exportArn: arn };
}

/** An export of the latest time there can be one of; of a later one, should the service refuse it. */
async function requestedExport({
  context: { aws, clock, pipeline, settings },
  committer,
  signal,
}: VerifyContext): Promise<{ readonly arn: string; readonly exportTime: number }> {
  const { tableArn, tableId, generation } = committer.current.checkpoint;
  for (let refused = 1; ; refused++) {
    const exportTime = latestExportTime(aws.clock.now());
    const attempt = exportTime / 1_000;
    const clientToken = exportToken({ pipeline: `${pipeline} verify`, tableId, generation, attempt });
    const { name: bucket, prefix } = settings.bucket;
    const { bucketOwner, kmsKeyId } = settings;
    const request = { tableArn, clientToken, exportTime, bucket, prefix, bucketOwner, kmsKeyId };
    try {
      const { arn } = await requestOrFindExport(aws, request, signal);
      return { arn, exportTime };
    } catch (error) {
      const isRefusedTime = error instanceof AwsFault && error.code === 'InvalidExportTimeException';
      if (!isRefusedTime || refused === MOST_REFUSED_TIMES) throw error;
      await clock.sleep(REFUSED_TIME_PAUSE_MS, signal);
    }
  }
}
