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
import { EXPORT_BLUR_MS, exportableFrom, latestExportTime } from './watermark';

/** Differing keys that are named; all are counted. */
const EXAMPLES = 20;

/** What `verify` found. Times are epoch ms. */
export interface VerifyReport extends Comparison {
  readonly exportTime: number;
  readonly exportArn: string;
}

/**
 * Compares the visible table with a point-in-time export, cell by cell, while the stream goes on: from now on every key
 * that changes is recorded; the export is of a time T later than the record's first commit by what an export may blur;
 * once W has passed T by as much, every row whose key was not recorded must equal the export.
 */
export async function verify(
  context: PipelineContext,
  lease: Lease,
  committer: Committer,
  writer: TableWriter,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { aws, clock, events, pipeline, settings, table } = context;
  const tell = (stage: string) => events.emit('verify.progress', { pipeline, stage });
  const stored = <T>(work: () => Promise<T>) => whileUnavailable(context, signal, work);

  await waitFor(context, () => committer.current.checkpoint.phase === 'stream', signal);
  await stored(() => lease.startVerify());
  try {
    const recordedFrom = aws.clock.now();
    tell('recording the keys that change from now on');
    await waitUntil(
      context,
      exportableFrom(recordedFrom + EXPORT_BLUR_MS),
      'the export has to be later than the record',
      signal,
    );
    const exportTime = latestExportTime(aws.clock.now());

    tell('waiting for an export to compare with');
    const { checkpoint } = committer.current;
    const { arn } = await requestOrFindExport(
      aws,
      {
        tableArn: checkpoint.tableArn,
        clientToken: exportToken({
          pipeline: `${pipeline} verify`,
          tableId: checkpoint.tableId,
          generation: checkpoint.generation,
          attempt: exportTime / 1_000,
        }),
        exportTime,
        bucket: settings.bucket.name,
        prefix: settings.bucket.prefix,
        bucketOwner: settings.bucketOwner,
        kmsKeyId: settings.kmsKeyId,
      },
      signal,
    );
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
    const passed = exportTime + EXPORT_BLUR_MS;
    await waitFor(context, () => committer.current.graph.watermark() >= passed, signal);
    requireSameSource(committer.current, await describeSource(aws, table.name, signal), aws.clock.now());

    tell('comparing');
    const comparison = await stored(() => lease.compare(EXAMPLES));
    return { ...comparison, exportTime, exportArn: arn };
  } finally {
    events.emit('verify.ended', { pipeline });
    if (!signal.aborted) await stored(() => lease.endVerify());
  }
}
