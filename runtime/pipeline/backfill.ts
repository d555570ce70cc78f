import { AwsFault } from '../aws/faults';
import { exportCostUsd } from '../../cost/costs';
import type { Lease } from '../destinations/destination';
import type { ExportDescription } from '../aws/services';
import { ExportFailed } from '../export/errors';
import { readManifest } from '../export/manifest';
import { awaitExport, requestOrFindExport } from '../export/request';
import { exportToken } from '../export/token';
import type { ExportState } from './checkpoint';
import type { Committer } from './committer';
import { exportWaiting, type PipelineContext, waitUntil } from './context';
import { loadManifest } from './load-manifest';
import type { LoadedExport } from './publish';
import { describeSource, TableReplaced } from './source-watch';
import type { TableWriter } from './table-writer';
import {
  EXPORT_BLUR_MS,
  EXPORT_LEAD_MS,
  exportableFrom,
  latestExportTime,
  MOST_REFUSED_TIMES,
  REFUSED_TIME_PAUSE_MS,
} from './watermark';

/**
 * The load of a generation: asks for the export (or finds the one asked for before), waits for it, and loads its files
 * into the shadow table. What it did survives a crash: token and ARN in the checkpoint, files in the ledger.
 */
export class Backfill {
  constructor(
    private readonly context: PipelineContext,
    private readonly lease: Lease,
    private readonly committer: Committer,
    private readonly writer: TableWriter,
    /** When the changes table was open for certain, epoch ms on the service's clock (rule A3). */
    private readonly openedAt: number,
  ) {}

  /** @throws ExportFailed, DataFileCorrupt, TableReplaced, AwsFault */
  async run(signal: AbortSignal): Promise<LoadedExport> {
    const { aws, clock, events, pipeline, table } = this.context;
    const { description, exportTime } = await this.completedExport(signal);
    const manifest = await readManifest(aws, description, exportTime, signal, clock);
    const { tableId, generation } = this.committer.current.checkpoint;
    if (manifest.tableId !== tableId && tableId !== undefined) throw new TableReplaced(table.name);
    events.emit('export.completed', {
      pipeline,
      exportArn: description.arn,
      files: manifest.files.length,
      items: manifest.itemCount,
    });
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation });
    await loadManifest(
      this.context,
      this.lease,
      this.writer,
      { role: 'shadow', generation, manifest },
      signal,
    );
    return { manifest, exportTime };
  }

  private async completedExport(
    signal: AbortSignal,
  ): Promise<{ readonly description: ExportDescription; readonly exportTime: number }> {
    const { aws, clock } = this.context;
    for (let refused = 0; ; ) {
      try {
        const { arn, exportTime } = await this.requestedExport(signal);
        const description = await awaitExport(aws, arn, exportWaiting(this.context), signal);
        return { description, exportTime };
      } catch (error) {
        const code = error instanceof AwsFault ? error.code : undefined;
        const again =
          code === 'ExportNotFoundException' ||
          (code === 'InvalidExportTimeException' && ++refused < MOST_REFUSED_TIMES);
        if (again || error instanceof ExportFailed) await this.saveExport(undefined, signal);
        if (!again) throw error;
        if (code === 'InvalidExportTimeException') await clock.sleep(REFUSED_TIME_PAUSE_MS, signal);
      }
    }
  }

  /** The export's ARN and the time asked for (rule A3), from the checkpoint or by asking for one. */
  private async requestedExport(
    signal: AbortSignal,
  ): Promise<{ readonly arn: string; readonly exportTime: number }> {
    const { aws, pipeline, events, settings, table } = this.context;
    const { checkpoint } = this.committer.current;
    const { arn: known } = checkpoint.export ?? {};
    if (checkpoint.export && known !== undefined)
      return { arn: known, exportTime: checkpoint.export.exportTime };
    const state = checkpoint.export ?? (await this.planExport(signal));
    const { sizeBytes } = await describeSource(aws, table.name, signal);
    events.emit('pipeline.phase', { pipeline, phase: 'export', generation: checkpoint.generation });
    events.emit('export.requested', {
      pipeline,
      exportTime: state.exportTime,
      tableBytes: sizeBytes,
      priceUsd: exportCostUsd(sizeBytes),
    });
    const { clientToken, exportTime, bucket, prefix } = state;
    const { arn } = await requestOrFindExport(
      aws,
      {
        tableArn: checkpoint.tableArn,
        clientToken,
        exportTime,
        bucket,
        prefix,
        bucketOwner: settings.bucketOwner,
        kmsKeyId: settings.kmsKeyId,
      },
      signal,
    );
    await this.saveExport({ ...state, arn }, signal);
    return { arn, exportTime };
  }

  /** Fixes T and the token, and commits them before anything is asked for (rule A3). */
  private async planExport(signal: AbortSignal): Promise<ExportState> {
    const { aws, pipeline, settings } = this.context;
    const { checkpoint, graph } = this.committer.current;
    const earliest =
      checkpoint.reason === 'resync'
        ? Math.max(graph.s0 + EXPORT_LEAD_MS, this.openedAt + EXPORT_BLUR_MS)
        : graph.s0 + EXPORT_LEAD_MS;
    await waitUntil(
      this.context,
      exportableFrom(earliest),
      'the export has to be later than the start of the stream',
      signal,
    );
    const exportTime = latestExportTime(aws.clock.now());
    const state: ExportState = {
      clientToken: exportToken({
        pipeline,
        tableId: checkpoint.tableId,
        generation: checkpoint.generation,
        // With T: the same load begun in another file a while ago must not give this one its older export.
        attempt: `${checkpoint.exportAttempt} of ${exportTime}`,
      }),
      exportTime,
      bucket: settings.bucket.name,
      prefix: settings.bucket.prefix,
      arn: undefined,
    };
    await this.saveExport(state, signal);
    return state;
  }

  /** `undefined`: the next one is another export, with another token. */
  private saveExport(state: ExportState | undefined, signal: AbortSignal): Promise<void> {
    return this.committer.commit(signal, ({ checkpoint, graph }) => ({
      checkpoint: {
        ...checkpoint,
        export: state,
        exportAttempt: checkpoint.exportAttempt + (state === undefined ? 1 : 0),
      },
      graph,
    }));
  }
}
