import { exportCostUsd } from '../../cost/costs';
import type { ExportDescription } from '../aws/services';
import { ExportFailed } from '../export/errors';
import { exportToken } from '../export/token';
import type { ExportState } from './checkpoint';
import { waitUntil } from './context';
import { whileUnavailable } from './destination-retry';
import { enterPhase, type GenerationRun } from './generation-run';
import { loadManifest } from './load-manifest';
import { type Publishable, publishableExport } from './publish';
import { failureOfResync, ResyncFailed } from './resync-failure';
import { describeSource } from './source-watch';
import {
  completeExport,
  ExportLost,
  isForgotten,
  manifestOf,
  requestExport,
  type RequestedExport,
  withExportPlace,
  withinExportTimes,
} from './table-export';
import { EXPORT_BLUR_MS, EXPORT_LEAD_MS, exportableFrom, latestExportTime } from './watermark';

/** Exports that AWS forgets in a row before that is an error. Each one is paid for. */
const MOST_LOST = 2;

/**
 * The load of a generation: requests the export (or finds the one requested before), waits for it, and loads its files
 * into the shadow table. Its progress survives a crash: token and ARN are in the checkpoint, loaded files in the ledger.
 */
export class Backfill {
  /** @param openedAt a time when the changes table was certainly open, epoch ms on the service's clock (rule A3) */
  constructor(
    private readonly generation: GenerationRun,
    private readonly openedAt: number,
  ) {}

  /** @throws ResyncFailed, ExportLost, ExportFailed, DataFileCorrupt, TableReplaced, AwsFault */
  async run(): Promise<Publishable> {
    try {
      return await withExportPlace(this.generation, () => this.load());
    } catch (error) {
      const failure = this.generation.feedsVisible ? failureOfResync(error) : undefined;
      throw failure === undefined ? error : new ResyncFailed(failure);
    }
  }

  private async load(): Promise<Publishable> {
    const { events, pipeline } = this.generation.context;
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
    enterPhase(this.generation, 'load');
    await loadManifest(this.generation, 'shadow', manifest);
    return publishableExport(manifest.files, exportTime);
  }

  /**
   * Requests another export if AWS no longer knows the stored one and nothing of it is loaded. Forgets one that failed, and throws.
   * @throws ExportLost, ExportFailed, AwsFault
   */
  private async completeExport(): Promise<{
    readonly description: ExportDescription;
    readonly exportTime: number;
  }> {
    for (let lost = 0; ; ) {
      try {
        const requested = await this.requestedExport();
        const description = await completeExport(this.generation, requested);
        return { description, exportTime: requested.exportTime };
      } catch (error) {
        const isGone = isForgotten(error);
        if (isGone && (await this.hasLoadedFiles())) throw new ExportLost({ cause: error });
        if (isGone || error instanceof ExportFailed) await this.saveExport(undefined);
        if (!isGone || (lost += 1) === MOST_LOST) throw error;
      }
    }
  }

  private async hasLoadedFiles(): Promise<boolean> {
    const { context, signal, store } = this.generation;
    const ledger = await whileUnavailable(context, signal, () => store.readLedger('shadow'));
    return ledger.length > 0;
  }

  /** The export of the checkpoint, or a new one (rule A3). */
  private async requestedExport(): Promise<RequestedExport> {
    const { context, committer, signal } = this.generation;
    const { aws, pipeline, events, table } = context;
    const { checkpoint } = committer.current;
    const { arn: known } = checkpoint.export ?? {};
    if (checkpoint.export && known !== undefined)
      return { arn: known, exportTime: checkpoint.export.exportTime };
    const state = checkpoint.export ?? (await this.planExport());
    const { sizeBytes } = await describeSource(aws, table.name, signal);
    enterPhase(this.generation, 'export');
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

  /** Fixes T and the token, and commits them before the request (rule A3). */
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
      'the export must be later than the start of the stream',
      signal,
    );
    const exportTime = latestExportTime(aws.clock.now());
    const state: ExportState = {
      clientToken: exportToken({
        pipeline,
        tableId: checkpoint.tableId,
        generation: checkpoint.generation,
        // Includes T: a load that began earlier in another destination file must not hand its older export to this one.
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

  /** `undefined` forgets the export: the next one gets another token. */
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
