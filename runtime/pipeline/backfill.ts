import { exportCostUsd } from '../../cost/costs';
import { AwsFault } from '../aws/faults';
import type { ExportDescription } from '../aws/services';
import { ExportFailed } from '../export/errors';
import { exportToken } from '../export/token';
import type { ExportState } from './checkpoint';
import { waitUntil } from './context';
import type { GenerationRun } from './generation-run';
import { loadManifest } from './load-manifest';
import type { LoadedExport } from './publish';
import { describeSource } from './source-watch';
import {
  completeExport,
  manifestOf,
  requestExport,
  type RequestedExport,
  withExportPlace,
  withinExportTimes,
} from './table-export';
import { EXPORT_BLUR_MS, EXPORT_LEAD_MS, exportableFrom, latestExportTime } from './watermark';

/**
 * The load of a generation: asks for the export (or finds the one asked for before), waits for it, and loads its files
 * into the shadow table. What it did survives a crash: token and ARN in the checkpoint, files in the ledger.
 */
export class Backfill {
  /** @param openedAt when the changes table was open for certain, epoch ms on the service's clock (rule A3) */
  constructor(
    private readonly generation: GenerationRun,
    private readonly openedAt: number,
  ) {}

  /** @throws ExportFailed, DataFileCorrupt, TableReplaced, AwsFault */
  run(): Promise<LoadedExport> {
    return withExportPlace(this.generation, () => this.load());
  }

  private async load(): Promise<LoadedExport> {
    const { context, committer } = this.generation;
    const { events, pipeline } = context;
    const { description, exportTime } = await withinExportTimes(
      this.generation,
      () => this.completeExport(),
      () => this.saveExport(undefined),
    );
    const manifest = await manifestOf(this.generation, description, exportTime);
    events.emit('export.completed', {
      pipeline,
      exportArn: description.arn,
      files: manifest.files.length,
      items: manifest.itemCount,
    });
    const { generation } = committer.current.checkpoint;
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation });
    await loadManifest(this.generation, 'shadow', manifest);
    return { manifest, exportTime };
  }

  /** Another export is requested for one that is gone; what of one that failed is stored is forgotten. */
  private async completeExport(): Promise<{
    readonly description: ExportDescription;
    readonly exportTime: number;
  }> {
    for (;;) {
      try {
        const requested = await this.requestedExport();
        const description = await completeExport(this.generation, requested);
        return { description, exportTime: requested.exportTime };
      } catch (error) {
        const isGone = error instanceof AwsFault && error.code === 'ExportNotFoundException';
        if (isGone || error instanceof ExportFailed) await this.saveExport(undefined);
        if (!isGone) throw error;
      }
    }
  }

  /** From the checkpoint, or requested now (rule A3). */
  private async requestedExport(): Promise<RequestedExport> {
    const { context, committer, signal } = this.generation;
    const { aws, pipeline, events, table } = context;
    const { checkpoint } = committer.current;
    const { arn: known } = checkpoint.export ?? {};
    if (checkpoint.export && known !== undefined)
      return { arn: known, exportTime: checkpoint.export.exportTime };
    const state = checkpoint.export ?? (await this.planExport());
    const { sizeBytes } = await describeSource(aws, table.name, signal);
    events.emit('pipeline.phase', { pipeline, phase: 'export', generation: checkpoint.generation });
    events.emit('export.requested', {
      pipeline,
      exportTime: state.exportTime,
      tableBytes: sizeBytes,
      priceUsd: exportCostUsd(sizeBytes),
    });
    const requested = await requestExport(this.generation, state);
    await this.saveExport({ ...state, arn: requested.arn });
    return requested;
  }

  /** Fixes T and the token, and commits them before anything is asked for (rule A3). */
  private async planExport(): Promise<ExportState> {
    const { context, committer, signal } = this.generation;
    const { aws, pipeline, settings } = context;
    const { checkpoint, graph } = committer.current;
    const earliest =
      checkpoint.reason === 'resync'
        ? Math.max(graph.s0 + EXPORT_LEAD_MS, this.openedAt + EXPORT_BLUR_MS)
        : graph.s0 + EXPORT_LEAD_MS;
    await waitUntil(
      context,
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
    await this.saveExport(state);
    return state;
  }

  /** `undefined`: the next one is another export, with another token. */
  private saveExport(state: ExportState | undefined): Promise<void> {
    const { committer, signal } = this.generation;
    return committer.commit(signal, ({ checkpoint, graph }) => ({
      checkpoint: {
        ...checkpoint,
        export: state,
        exportAttempt: checkpoint.exportAttempt + (state === undefined ? 1 : 0),
      },
      graph,
    }));
  }
}
