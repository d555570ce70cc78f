import { linkedController, onAbort } from './abort';
import type { AwsServices } from './aws/services';
import { CallRate } from './aws/call-rate';
import { retrying } from './aws/retrying';
import type { Clock } from './clock';
import type { Settings, TableSettings } from './config';
import type { Destination } from './destinations/destination';
import { ReplicatorError } from './errors';
import { ScanningBlockDecoder } from './item/scanner/scanning-block-decoder';
import { Events } from './observe/events';
import type { PipelineContext, PipelineParts } from './pipeline/context';
import { GapNotClosed } from './pipeline/heal/close-gap';
import { Pipeline } from './pipeline/pipeline';
import { pipelineId } from './pipeline/source';
import { Requests } from './pipeline/requests';
import { describeSource, isTableGone, TableAwaited } from './pipeline/source-watch';
import { whileUnavailable } from './pipeline/destination-retry';
import type { VerifyReport } from './pipeline/verify';
import { Semaphore } from './semaphore';
import { ownedBy } from './stray-errors';
import { ReadScheduler } from './stream/read-scheduler';
import { readLimits } from './stream/read-limits';

export interface ReplicatorOptions {
  readonly settings: Settings;
  /** Without retries: the replicator adds its own. */
  readonly aws: AwsServices;
  readonly destination: Destination;
  readonly clock: Clock;
  readonly events: Events;
  /** Stops a table with `LoadNeeded` that would have to be loaded. */
  readonly onlyFollows?: boolean;
  /** Asked before each heal. Call `tryAgain` when an awaited answer is there. */
  readonly consent?: PipelineContext['consent'];
  readonly parts?: Partial<PipelineParts>;
}

/** How a run ended: the tables that an error stopped. A table that waited to be tried again when the signal aborted is none of them. */
export interface RunOutcome {
  readonly failed: readonly { readonly table: string; readonly error: Error }[];
}

/** This replicator has no such table. */
export class UnknownTable extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(table: string, known: readonly string[]) {
    super(`This replicator does not replicate table ${table}; it replicates ${known.join(', ')}.`);
  }
}

/** A table of the settings, and its pipeline once there is one. */
interface TableRun {
  readonly table: TableSettings;
  /** With retries of its own: the rights on one table prove nothing about another (fault table, row 13). */
  readonly aws: AwsServices;
  readonly requests: Requests;
  pipeline: Pipeline | undefined;
  /** What the last reported error is about, until the pipeline enters a phase again. */
  reported: string | undefined;
  /** Set while an error keeps the pipeline stopped: starts it again, or gives up. */
  wake: ((how: 'again' | 'give up') => void) | undefined;
  /** What kept the pipeline from going on is over: it starts again without a pause. */
  goesOn: boolean;
}

/** AWS guide "Service quotas": 10 calls of DescribeStream a second. Half of them are left to others. */
const DESCRIBES_A_SECOND = 5;

/** Pause between tries of a pipeline that is blocked by a gap: another process may have resynced it. */
export const GAP_RETRY_MS = 5 * 60_000;

/** Pause between checks for a deleted table. */
export const TABLE_RETRY_MS = 30_000;

/** Runs a pipeline for each table of the settings, side by side. One that fails does not affect the others. */
export class Replicator {
  private readonly runs: readonly TableRun[];
  private readonly scheduler: ReadScheduler;
  private readonly exports: Semaphore;
  private readonly scheduledVerifies = new Semaphore(1);
  private readonly failures = new Map<string, Error>();

  constructor(private readonly options: ReplicatorOptions) {
    const { clock, settings } = options;
    const describing = new CallRate(clock, DESCRIBES_A_SECOND);
    this.runs = settings.tables.map((table) => ({
      table,
      aws: retryingFor(table.name, describing, options),
      requests: new Requests(),
      pipeline: undefined,
      reported: undefined,
      wake: undefined,
      goesOn: false,
    }));
    options.events.on('pipeline.phase', ({ pipeline }) => {
      for (const run of this.runs) if (run.pipeline?.id === pipeline) run.reported = undefined;
    });
    const { poll, queueBytes } = settings;
    this.exports = new Semaphore(options.destination.mostLoads ?? Infinity);
    this.scheduler = new ReadScheduler({ clock, queueBytes, ...readLimits(poll.concurrentReads) });
  }

  /**
   * Runs until the signal aborts or no pipeline is left. Unless `onGap` is `exit`, a pipeline in a gap still counts. Call it once;
   * earlier requests wait for it.
   */
  async run(signal: AbortSignal): Promise<RunOutcome> {
    let active = this.runs.length;
    await Promise.all(
      this.runs.map(async (run) => {
        for (;;) {
          const againMs = await this.runTable(run, signal);
          if (againMs === undefined) active--;
          if (active === 0 || signal.aborted) break;
          if ((await this.untilWoken(run, againMs, signal)) === 'give up') return;
          if (againMs === undefined) active++;
        }
        for (const { wake } of this.runs) wake?.('give up');
      }),
    );
    for (const { requests } of this.runs) requests.close();
    return { failed: [...this.failures].map(([table, error]) => ({ table, error })) };
  }

  /**
   * Compares a table with a point-in-time export while the replicator runs.
   * @param sample share of the export's files (default: the setting `verify.sample`)
   * @throws UnknownTable, CutShort
   */
  async verify(table: string, sample: number = this.options.settings.verify.sample): Promise<VerifyReport> {
    return this.find(table).requests.verify({ sample });
  }

  /**
   * Starts a new generation of a table, also after a gap, and resolves when it is published.
   * @throws UnknownTable, CutShort, or the error that stops the pipeline
   */
  async resync(table: string): Promise<void> {
    const { requests, wake } = this.find(table);
    const published = requests.resync();
    wake?.('again');
    await published;
  }

  /** Starts a pipeline that waits, at once instead of after its pause. It does nothing to one that runs. */
  tryAgain(pipeline: string): void {
    for (const run of this.runs) {
      if (run.pipeline?.id !== pipeline) continue;
      run.goesOn = true;
      run.wake?.('again');
    }
  }

  /** Resolves when a table is visible, at once if it already is. @throws UnknownTable, CutShort, or the error that stops the pipeline */
  async untilPublished(table: string): Promise<void> {
    return this.find(table).requests.untilPublished();
  }

  private find(name: string): TableRun {
    const run = this.runs.find(({ table }) => table.name === name);
    if (!run) {
      throw new UnknownTable(
        name,
        this.runs.map(({ table }) => table.name),
      );
    }
    return run;
  }

  /**
   * Does not throw: it records the error that stopped the pipeline.
   * @returns the pause before the next try, in ms; `undefined` when only a request starts it again
   */
  private async runTable(run: TableRun, signal: AbortSignal): Promise<number | undefined> {
    const { name } = run.table;
    this.failures.delete(name);
    run.goesOn = false;
    run.requests.start();
    let failure: Error | undefined;
    try {
      return await this.untilStopped(run, signal);
    } catch (error) {
      if (signal.aborted && error === signal.reason) {
        if (run.pipeline) this.options.events.emit('pipeline.stopped', { pipeline: run.pipeline.id });
        return undefined;
      }
      failure = error instanceof Error ? error : new Error(String(error));
      const againMs = this.againAfter(failure);
      if (againMs === undefined) this.failures.set(name, failure);
      const pipeline = run.pipeline?.id ?? name;
      // A wait may take long: what it waits for is reported once, and again when it changes.
      const topic = failure instanceof GapNotClosed ? failure.topic : failure.message;
      const isRepeated = againMs !== undefined && topic === run.reported;
      run.reported = topic;
      if (!isRepeated || !(failure instanceof TableAwaited))
        this.options.events.emit('pipeline.failed', { pipeline, error: failure, againMs, isRepeated });
      return againMs;
    } finally {
      run.requests.stop(failure);
    }
  }

  /** @throws what stops the pipeline, including its stray errors */
  private async untilStopped(run: TableRun, signal: AbortSignal): Promise<never> {
    const { controller, unlink } = linkedController(signal);
    try {
      return await ownedBy(
        (error) => controller.abort(error),
        async () => {
          run.pipeline ??= await this.makePipeline(run, controller.signal);
          return run.pipeline.run(controller.signal);
        },
      );
    } finally {
      unlink();
    }
  }

  private againAfter(failure: Error): number | undefined {
    if (failure instanceof TableAwaited) return TABLE_RETRY_MS;
    const isGap = failure instanceof ReplicatorError && failure.kind === 'gap';
    return isGap && this.options.settings.onGap !== 'exit' ? GAP_RETRY_MS : undefined;
  }

  private async makePipeline({ table, aws, requests }: TableRun, signal: AbortSignal): Promise<Pipeline> {
    const { clock, consent, destination, events, onlyFollows = false, parts, settings } = this.options;
    const context = {
      pipeline: await this.idOf(table.name, aws, signal),
      table,
      settings,
      aws,
      clock,
      events,
      scheduler: this.scheduler,
      exports: this.exports,
      scheduledVerifies: this.scheduledVerifies,
      onlyFollows,
      consent,
      parts: { decoder: new ScanningBlockDecoder(), ...parts },
    };
    return new Pipeline(context, destination, requests);
  }

  /** The pipeline's id. For a deleted table it is taken from the destination, if only one pipeline matches. @throws TableGone */
  private async idOf(table: string, aws: AwsServices, signal: AbortSignal): Promise<string> {
    try {
      return pipelineId((await describeSource(aws, table, signal)).arn);
    } catch (error) {
      if (!isTableGone(error)) throw error;
      const { clock, destination, events } = this.options;
      const known = await whileUnavailable({ pipeline: table, clock, events }, signal, () =>
        destination.pipelines(),
      );
      const [id, another] = known.filter((pipeline) => pipeline.endsWith(`/${aws.region}/${table}`));
      if (id === undefined || another !== undefined) throw error;
      return id;
    }
  }

  private async untilWoken(
    run: TableRun,
    againMs: number | undefined,
    signal: AbortSignal,
  ): Promise<'again' | 'give up'> {
    if (run.requests.wantsResync || (run.goesOn && againMs !== undefined)) return 'again';
    const { controller: woken, unlink } = linkedController(signal);
    let stopListening: () => void = () => undefined;
    try {
      return await new Promise((resolve) => {
        run.wake = resolve;
        stopListening = onAbort(signal, () => resolve('give up'));
        if (againMs === undefined) return;
        this.options.clock.sleep(againMs, woken.signal).then(
          () => resolve('again'),
          () => undefined,
        );
      });
    } finally {
      run.wake = undefined;
      stopListening();
      unlink();
      woken.abort();
    }
  }
}

/** AWS for one table: retries failed calls, and names the table in the events of its retries. */
function retryingFor(
  table: string,
  describing: CallRate,
  { aws, clock, events, parts }: ReplicatorOptions,
): AwsServices {
  const own = new Events();
  own.on('aws.retry', (event) => events.emit('aws.retry', { ...event, table }));
  return retrying(aws, { clock, events: own, random: parts?.random ?? Math.random, describing });
}
