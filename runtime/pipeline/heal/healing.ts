import type { ExportDescription, ExportWindow } from '../../aws/services';
import { ExportFailed } from '../../export/errors';
import { exportToken } from '../../export/token';
import type { HealState, HealWindow } from '../checkpoint';
import { waitUntil } from '../context';
import { instant } from '../../observe/figures';
import { enterPhase, type GenerationRun } from '../generation-run';
import type { LoadedFile, Publishable } from '../publish';
import {
  completeExport,
  ExportLost,
  isRefusedTime,
  manifestOf,
  requestWindow,
  withExportPlace,
  withinExportTimes,
} from '../table-export';
import {
  EXPORT_BLUR_MS,
  EXPORT_LEAD_MS,
  exportableFrom,
  latestExportTime,
  REREAD_LEAD_MS,
} from '../watermark';
import { describeSource } from '../source-watch';
import { nextHealAt, withFailed } from './limits';
import { lostExport } from './lost-export';
import { healPriceUsd } from './price';
import { readKeysAgain } from './reread';
import { stageWindow } from './stage-window';
import { planWindows } from './windows';

/**
 * The work of a generation that heals a gap (rule G3): requests the incremental exports, stages their lines in the order of the windows, and
 * reads keys again. Its progress survives a crash: tokens and ARNs are in the checkpoint, staged files in the ledger.
 */
export class Healing {
  constructor(private readonly generation: GenerationRun) {}

  /** @throws ExportLost, ExportFailed, TableReplaced, AwsFault */
  async run(): Promise<Publishable> {
    try {
      return await withExportPlace(this.generation, () => this.heal());
    } catch (error) {
      const lost = lostExport(error);
      if (lost === undefined) throw error;
      const { events, pipeline } = this.generation.context;
      const message = `The heal has lost an export: ${lost}. The gap will be healed by other exports.`;
      events.emit('heal.lost', { pipeline, message });
      throw new ExportLost({ cause: error });
    }
  }

  private async heal(): Promise<Publishable> {
    const { events, pipeline } = this.generation.context;
    if (this.state.failed) throw new ExportLost();
    await this.requestAll();
    const files: LoadedFile[] = [];
    let billedBytes = 0;
    for (const [index, window] of this.state.windows.entries()) {
      enterPhase(this.generation, 'export');
      const description = await this.complete(window, index);
      billedBytes += description.billedBytes ?? 0;
      const manifest = await manifestOf(this.generation, description, window);
      events.emit('export.completed', {
        pipeline,
        exportArn: description.arn,
        files: manifest.files.length,
        items: manifest.itemCount,
      });
      enterPhase(this.generation, 'load');
      await stageWindow(this.generation, manifest);
      files.push(...manifest.files);
    }
    const { windows } = this.state;
    const until = (windows.at(-1) as HealWindow).to;
    const reread = await readKeysAgain(this.generation, windows);
    await this.save((state) => ({ ...state, rereadAt: reread.at }));
    return {
      from: 'lines',
      files,
      passes: Math.max(until + EXPORT_BLUR_MS, reread.at + REREAD_LEAD_MS),
      exportTime: undefined,
      healed: {
        windows: windows.length,
        billedBytes,
        lines: files.reduce((sum, { items }) => sum + items, 0),
        reread: reread.keys,
        deleted: reread.absent,
      },
    };
  }

  /**
   * Requests every export that is not requested yet. The last one first: its end may be refused as lying in the future, and then the windows
   * are planned again. The start of another is refused when recovery has moved past it meanwhile.
   */
  private async requestAll(): Promise<void> {
    try {
      await withinExportTimes(
        this.generation,
        async () => {
          if (this.state.windows.length === 0) await this.plan();
          await this.requestOnce(this.state.windows.length - 1);
        },
        () => this.save((state) => ({ ...state, windows: [] })),
      );
      for (let i = this.state.windows.length - 2; i >= 0; i--) await this.requestOnce(i);
    } catch (error) {
      if (!isRefusedTime(error)) throw error;
      throw new ExportLost({ cause: error });
    }
  }

  private async requestOnce(index: number): Promise<void> {
    const window = this.state.windows[index] as HealWindow;
    if (window.arn !== undefined) return;
    const { bucket, prefix } = this.state;
    const { clientToken } = window;
    const arn = await requestWindow(this.generation, window, { clientToken, bucket, prefix });
    await this.save((state) => ({
      ...state,
      windows: state.windows.map((other, at) => (at === index ? { ...other, arn } : other)),
    }));
  }

  /** Fixes the windows and their tokens, and commits them before the requests (rule A3). */
  private async plan(): Promise<void> {
    const { context, committer, signal } = this.generation;
    const { aws, events, pipeline, table } = context;
    const { checkpoint, graph } = committer.current;
    await waitUntil(
      context,
      exportableFrom(graph.s0 + EXPORT_LEAD_MS),
      'the exports must end later than the start of the stream',
      signal,
    );
    const { tableId, generation } = checkpoint;
    const { since } = this.state;
    const token = ({ from, to }: ExportWindow) =>
      exportToken({ pipeline: `${pipeline} heal`, tableId, generation, attempt: `${from} to ${to}` });
    const until = latestExportTime(aws.clock.now());
    const windows = planWindows(since, until);
    const source = await describeSource(aws, table.name, signal);
    events.emit('heal.requested', {
      pipeline,
      exports: windows.length,
      from: (windows[0] as ExportWindow).from,
      to: until,
      priceUsd: healPriceUsd(checkpoint, since, until, source),
    });
    await this.save((state) => ({
      ...state,
      windows: windows.map((window) => ({ ...window, clientToken: token(window), arn: undefined })),
    }));
  }

  private async complete({ arn }: HealWindow, index: number): Promise<ExportDescription> {
    try {
      return await completeExport(this.generation, { arn: arn as string });
    } catch (error) {
      if (error instanceof ExportFailed) throw await this.failed(error, index > 0);
      throw error;
    }
  }

  /** @param counts an export before it was complete, so that this heal counts like any other. @returns the error, with when the next heal can begin */
  private async failed(error: ExportFailed, counts: boolean): Promise<ExportFailed> {
    const { committer, signal } = this.generation;
    await committer.commit(signal, ({ checkpoint, graph }) => ({
      checkpoint: {
        ...checkpoint,
        ...(!counts && withFailed(checkpoint)),
        heal: { ...(checkpoint.heal as HealState), failed: true },
      },
      graph,
    }));
    const { healsBegun = [], healsFailed } = committer.current.checkpoint;
    const next = `The next heal begins at ${instant(nextHealAt(healsBegun, healsFailed))} at the earliest.`;
    const { exportArn, failureCode, failureMessage, remedy } = error;
    return new ExportFailed(exportArn, failureCode, failureMessage, `${remedy} ${next}`, { cause: error });
  }

  private get state(): HealState {
    const { heal } = this.generation.committer.current.checkpoint;
    if (heal === undefined) throw new RangeError('the generation heals nothing');
    return heal;
  }

  private save(next: (state: HealState) => HealState): Promise<void> {
    const { committer, signal } = this.generation;
    return committer.commit(signal, ({ checkpoint, graph }) => ({
      checkpoint: { ...checkpoint, heal: next(checkpoint.heal as HealState) },
      graph,
    }));
  }
}
