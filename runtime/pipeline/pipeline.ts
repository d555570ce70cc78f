import type { Destination, PipelineStore } from '../destinations/destination';
import { CommitOutcomeUnknown, DestinationUnavailable, OutOfStep } from '../destinations/errors';
import { ReplicatorError } from '../errors';
import type { KeySchema } from '../item/attribute-value';
import { Catalog } from '../item/catalog';
import { CatalogMismatch } from '../item/malformed';
import { Gap } from '../stream/gap';
import { type GenerationReason, readState, type PipelineState } from './checkpoint';
import type { PipelineContext } from './context';
import { Committer } from './committer';
import { whileUnavailable } from './destination-retry';
import { runGeneration, startGeneration } from './generation';
import type { StoreRun } from './generation-run';
import { type Requests, ResyncRequested } from './requests';
import { isUnfit, readSource, readStreamOnce } from './source';
import {
  awaitedBack,
  awaitedFit,
  describeSource,
  isTableGone,
  isTableMissed,
  requireSameSource,
  type TableAwaited,
  TableReplaced,
} from './source-watch';
import { TableWriter } from './table-writer';
import { type Happening, stateOf, stepAfter, stepWhenTaken } from './transitions';

/** The destination's table was made for another key, or with the other setting of `columns`. */
export class DestinationTableMismatch extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    readonly what: string,
    options?: ErrorOptions,
  ) {
    super(
      `Table ${table} in the destination was made for another ${what}. Set it back, or replicate into another table with ` +
        `--destination-table; the present one is left as it is.`,
      options,
    );
  }
}

/** What has ended a generation. */
interface Ending {
  readonly happening: Happening;
  /** What is stored. */
  readonly state: PipelineState;
  readonly gap?: Gap;
  /** Where the table is gone: what said so. */
  readonly gone?: unknown;
}

/** Before a new lease, when what the destination has is not what was known. */
const AGAIN_MS = 500;

/**
 * One source table into one destination table: takes the lease, and goes through generations (load, publish, follow)
 * until its signal stops it or an error that only a person can mend.
 */
export class Pipeline {
  /** Why the next generation is to begin; `undefined` when its beginning is stored, or none is wanted. */
  private reason: GenerationReason | undefined;
  /** The table of what is stored, beside the one that there is; `undefined`: nothing is stored. */
  private stored: 'of this table' | 'of another table' | undefined;

  constructor(
    readonly context: PipelineContext,
    private readonly destination: Destination,
    private readonly requests: Requests,
  ) {}

  get id(): string {
    return this.context.pipeline;
  }

  /**
   * Runs until an error stops the pipeline: a Gap after the first publish (the visible table stays as it is), TableAwaited, a
   * fatal error, or the signal's reason. Begins with a new generation when a resync is asked for.
   */
  async run(signal: AbortSignal): Promise<never> {
    this.reason = this.stored = undefined;
    try {
      for (;;) await this.inStep(signal, () => this.underLease(signal));
    } catch (error) {
      throw (await this.awaited(error, signal)) ?? error;
    }
  }

  /** What is waited for after an error: a table that was replicated may come back, or get what it lacks (rule G1). */
  private async awaited(error: unknown, signal: AbortSignal): Promise<TableAwaited | undefined> {
    const { aws, table } = this.context;
    if (this.stored === undefined) return undefined;
    if (isTableGone(error)) return awaitedBack(table.name, aws.cli, error);
    if (this.stored === 'of another table')
      return isUnfit(error) || isTableMissed(error) ? awaitedFit(table.name, error) : undefined;
    if (!isTableMissed(error)) return undefined;
    const found: unknown = await describeSource(aws, table.name, signal).catch((other: unknown) => other);
    return isTableGone(found) ? awaitedBack(table.name, aws.cli, error) : undefined;
  }

  /** Returns, too, when a new lease has to find out what is in the destination, as nothing known here holds there. */
  private async inStep(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof OutOfStep)) throw error;
      const { clock, events } = this.context;
      const { message } = error;
      events.emit('destination.retry', { pipeline: this.id, attempt: 1, waitMs: AGAIN_MS, message });
      await clock.sleep(AGAIN_MS, signal);
    }
  }

  /** Returns when to begin anew, under a new lease: a table that was replaced may have another key. */
  private async underLease(signal: AbortSignal): Promise<void> {
    const { aws, settings, table } = this.context;
    const known = await whileUnavailable(this.context, signal, () =>
      this.destination.inspect(this.id, signal),
    );
    const state = known?.checkpoint && readState(this.id, known.checkpoint);
    if (state !== undefined) this.stored = 'of this table';
    const { id: tableId, keySchema } = await describeSource(aws, table.name, signal);
    if (state !== undefined && tableId !== state.checkpoint.tableId) {
      this.stored = 'of another table';
      // Also out of a gap: what the stream of a table that is gone has lost is of no consequence.
      this.reason = 'table replaced';
    }
    if (state !== undefined) {
      const watermark = state.graph.watermark();
      this.context.events.emit('pipeline.standing', { pipeline: this.id, watermark });
      // Without the lease: another process may have it that is about to load anew.
      if (stepWhenTaken(stateOf(state), this.begins()).do === 'stop') throw recordedGap(state);
    }
    if (this.stored !== 'of this table') {
      // Nothing is written for a table that cannot be replicated.
      const { stream } = await readSource(aws, table.name, signal);
      await readStreamOnce(aws, stream.arn, signal);
      await aws.headBucket(settings.bucket.name, settings.bucketOwner, signal);
    }
    const store = await whileUnavailable(this.context, signal, () =>
      this.destination.lease(
        {
          pipeline: this.id,
          schema: table.destinationSchema,
          table: table.destinationTable,
          keySchema,
          deletes: table.deletes,
        },
        signal,
        { recreate: this.begins() !== undefined },
      ),
    );
    try {
      const catalog = await this.restoreCatalog(store, keySchema, signal);
      const writer = new TableWriter(store, catalog, this.id, this.context.events);
      this.reason = await this.generations({ context: this.context, store, writer, signal });
    } finally {
      await release(store);
    }
  }

  /** Returns why to begin anew, under a new lease. @throws Gap when it stops for one */
  private async generations(run: StoreRun): Promise<GenerationReason> {
    let state = await this.readState(run);
    let step = stepWhenTaken(stateOf(state), this.begins());
    for (;;) {
      if (step.do === 'begin') {
        if (step.under === 'new lease') return step.reason;
        this.reason = step.reason;
        this.requests.generationBegins((state?.checkpoint.generation ?? 0) + 1);
        state = await startGeneration(run, state, step.reason);
        this.reason = undefined;
        this.stored = 'of this table';
        step = stepWhenTaken(stateOf(state));
      }
      if (state === undefined) throw new RangeError('a pipeline without a generation');
      if (step.do === 'stop') throw recordedGap(state);
      const ending = await this.endOf(run, state);
      step = stepAfter(ending.state.checkpoint.phase, ending.happening);
      if (step.do === 'wait for the table') throw ending.gone;
      state = ending.state;
      if (ending.gap === undefined) continue;
      if (step.do === 'record the gap and stop') {
        await this.recordGap(run, state, ending.gap);
        throw ending.gap;
      }
      const message =
        `The load begins again with a new export: ${ending.gap.explanation}. Nothing is lost, and there is nothing to do; ` +
        `the new export is paid for.`;
      this.context.events.emit('pipeline.gap', { pipeline: this.id, message });
    }
  }

  private async endOf(run: StoreRun, state: PipelineState): Promise<Ending> {
    try {
      return await this.endOfPresent(run, state);
    } catch (error) {
      if (!isTableGone(error)) throw error;
      return { happening: 'table gone', state, gone: error };
    }
  }

  /** Runs a generation. @returns what has ended it, and what is stored then. @throws what no generation of this lease can go on after */
  private async endOfPresent(run: StoreRun, state: PipelineState): Promise<Ending> {
    const { aws, table } = this.context;
    try {
      const source = await describeSource(aws, table.name, run.signal);
      requireSameSource(state, source, aws.clock.now());
      return await runGeneration(run, state, this.requests);
    } catch (error) {
      if (error instanceof TableReplaced) return { happening: 'table replaced', state };
      if (error instanceof ResyncRequested) return { happening: 'resync', state };
      if (!(error instanceof Gap)) throw error;
      const stored = await this.readState(run);
      if (stored === undefined || (await this.isReplaced(stored, run.signal)))
        return { happening: 'table replaced', state };
      return { happening: 'gap', state: stored, gap: error };
    }
  }

  private begins(): GenerationReason | undefined {
    return this.reason ?? (this.requests.wantsResync ? 'resync' : undefined);
  }

  /** A missing stream or shard may mean that the table itself is another one. */
  private async isReplaced({ checkpoint }: PipelineState, signal: AbortSignal): Promise<boolean> {
    const { aws, table } = this.context;
    return (await describeSource(aws, table.name, signal)).id !== checkpoint.tableId;
  }

  private async recordGap({ store, signal }: StoreRun, state: PipelineState, gap: Gap): Promise<void> {
    const { reason, from, to, shardId } = gap;
    await new Committer(store, this.context, state).commit(signal, ({ checkpoint, graph }) => ({
      checkpoint: { ...checkpoint, gap: { reason, from, to, shardId } },
      graph,
    }));
  }

  private async readState({ store, signal }: StoreRun): Promise<PipelineState | undefined> {
    const stored = await whileUnavailable(this.context, signal, () => store.readCheckpoint());
    return stored && readState(this.id, stored);
  }

  private async restoreCatalog(
    store: PipelineStore,
    keySchema: KeySchema,
    signal: AbortSignal,
  ): Promise<Catalog> {
    const { table } = this.context;
    const columns = await whileUnavailable(this.context, signal, () => store.readColumns());
    try {
      return Catalog.restore(columns, {
        keySchema,
        dialect: this.destination.dialect,
        layout: table.columns,
        maxColumns: table.maxColumns,
        dropReplicationAttributes: table.dropReplicationAttributes,
      });
    } catch (error) {
      if (!(error instanceof CatalogMismatch)) throw error;
      const what = error.difference === 'key' ? 'key of the source table' : 'setting of "columns"';
      throw new DestinationTableMismatch(table.destinationTable, what, { cause: error });
    }
  }
}

/** The gap that was found after the first publish and is not healed. */
function recordedGap({ checkpoint: { gap } }: PipelineState): Error {
  if (gap === undefined) return new RangeError('a pipeline stops without a gap');
  return new Gap(gap.reason, gap.from, gap.to, gap.shardId);
}

/** A lease that cannot be given back is fenced by the next one (rule C2). */
async function release(store: PipelineStore): Promise<void> {
  try {
    await store.release();
  } catch (error) {
    if (!(error instanceof DestinationUnavailable || error instanceof CommitOutcomeUnknown)) throw error;
  }
}
