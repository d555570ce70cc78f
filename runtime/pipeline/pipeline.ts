import type { Destination, PipelineStore, StoredCheckpoint } from '../destinations/destination';
import { CommitOutcomeUnknown, DestinationUnavailable, KeyChanged, OutOfStep } from '../destinations/errors';
import { ReplicatorError } from '../errors';
import type { KeySchema } from '../item/attribute-value';
import { Catalog } from '../item/catalog';
import { CatalogMismatch } from '../item/malformed';
import { Gap } from '../stream/gap';
import {
  endsResync,
  type GenerationReason,
  readState,
  readStateToReload,
  type PipelineState,
  type RecordedGap,
  servesResync,
} from './checkpoint';
import type { PipelineContext } from './context';
import { Committer } from './committer';
import { whileUnavailable } from './destination-retry';
import { runGeneration } from './generation';
import type { StoreRun } from './generation-run';
import { closeGap } from './heal/close-gap';
import { LoadNeeded } from './load-needed';
import { type Requests, ResyncRequested } from './requests';
import { completeResync } from './resync-command';
import { onlyAnotherLoadHelps, recordOf, ResyncFailed } from './resync-failure';
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
import { announceHeal, startGeneration } from './start-generation';
import { ExportLost } from './table-export';
import { TableWriter } from './table-writer';
import {
  type Happening,
  type Obstacle,
  phaseOf,
  stateOf,
  stepAfter,
  stepWhenKept,
  stepWhenTaken,
  type Stored,
} from './transitions';

/** The recorded columns have another key, or were created with the other setting of `columns`. */
export class DestinationTableMismatch extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    readonly difference: CatalogMismatch['difference'],
    options?: ErrorOptions,
  ) {
    super(
      (difference === 'key'
        ? `The columns that _replicator.columns records for table ${table} have another key than the source table. Load it`
        : `Table ${table} in the destination was created with another --columns. Use that, or load the source table`) +
        ` into another destination with --to. The existing table was not changed.`,
      options,
    );
  }
}

/** Why a generation ended. */
interface Ending {
  readonly happening: Happening;
  /** The stored state. */
  readonly state: PipelineState;
  readonly gap?: Gap;
  /** When the table is gone: the error that showed it. */
  readonly gone?: unknown;
  readonly failure?: ResyncFailed;
}

/** Pause before a new lease when the destination holds something other than expected. */
const AGAIN_MS = 500;

/**
 * Replicates one source table into one destination table: takes the lease and runs generations (load, publish, follow)
 * until its signal aborts or an error occurs that only a person can fix.
 */
export class Pipeline {
  /** Why to start another generation; `undefined` once its start is stored, or when none is wanted. */
  private reason: GenerationReason | undefined;
  private stored: Stored = 'nothing';
  /** The stored load that a resync joins without knowing whether it can finish. */
  private joined: number | undefined;
  /** The stored load that cannot finish: a resync begins another one. */
  private futile: number | undefined;

  constructor(
    readonly context: PipelineContext,
    private readonly destination: Destination,
    private readonly requests: Requests,
  ) {}

  get id(): string {
    return this.context.pipeline;
  }

  /**
   * Runs until an error stops the pipeline. Starts with a new generation if a resync was requested.
   * @throws Gap after the first publish (the visible table stays unchanged), TableAwaited, any fatal error, or the signal's reason
   */
  async run(signal: AbortSignal): Promise<never> {
    this.reason = undefined;
    this.stored = 'nothing';
    this.joined = undefined;
    try {
      for (;;) await this.inStep(signal, () => this.underLease(signal));
    } catch (error) {
      throw completeResync((await this.awaited(error, signal)) ?? error, this.context);
    }
  }

  /** The error to wait on instead of `error`: a replicated table may come back, or become one that can be loaded (rule G1). */
  private async awaited(error: unknown, signal: AbortSignal): Promise<TableAwaited | undefined> {
    const { aws, table } = this.context;
    const obstacle = await this.obstacleIn(error, signal);
    if (obstacle === undefined || stepWhenKept(this.stored, obstacle).do !== 'wait for the table')
      return undefined;
    return obstacle === 'table gone'
      ? awaitedBack(table.name, aws.cli, error)
      : awaitedFit(table.name, error as Error);
  }

  private async obstacleIn(error: unknown, signal: AbortSignal): Promise<Obstacle | undefined> {
    const { aws, table } = this.context;
    if (isTableGone(error)) return 'table gone';
    if (isUnfit(error)) return 'table unfit';
    if (error instanceof KeyChanged) return 'another key';
    if (!isTableMissed(error)) return undefined;
    if (this.stored !== 'its table') return 'table unfit';
    const found: unknown = await describeSource(aws, table.name, signal).catch((other: unknown) => other);
    return isTableGone(found) ? 'table gone' : undefined;
  }

  /**
   * Also returns on OutOfStep: what is known here no longer holds, so a new lease must read the destination again. And when a resync has
   * joined a load that cannot finish: it begins another one.
   */
  private async inStep(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.isJoinFutile(error)) return;
      if (!(error instanceof OutOfStep)) throw error;
      const { clock, events } = this.context;
      const { message } = error;
      events.emit('destination.retry', { pipeline: this.id, attempt: 1, waitMs: AGAIN_MS, message });
      await clock.sleep(AGAIN_MS, signal);
    }
  }

  private isJoinFutile(error: unknown): boolean {
    const { joined } = this;
    if (joined === undefined || !onlyAnotherLoadHelps(error) || !this.requests.leaveLoad()) return false;
    this.joined = undefined;
    this.futile = joined;
    return true;
  }

  /** Returns when a new generation needs a new lease: a replaced table may have another key. */
  private async underLease(signal: AbortSignal): Promise<void> {
    const { aws, settings, table } = this.context;
    const known = await whileUnavailable(this.context, signal, () =>
      this.destination.inspect(this.id, signal),
    );
    const state = known?.checkpoint && this.restored(known.checkpoint);
    if (state !== undefined) this.stored = 'its table';
    const { id: tableId, keySchema } = await describeSource(aws, table.name, signal);
    if (state !== undefined && tableId !== state.checkpoint.tableId) {
      this.stored = 'an earlier table';
      // Even after a recorded gap: what the deleted table's stream lost no longer matters.
      this.reason = 'table replaced';
    }
    if (state !== undefined) {
      const watermark = state.graph.watermark();
      this.context.events.emit('pipeline.standing', { pipeline: this.id, watermark });
      // Before taking the lease: another process may hold it and be about to reload the table.
      if (stepWhenTaken(stateOf(state), this.begins(state)).do === 'close the gap')
        this.reason = await closeGap(this.context, state, signal);
      if (this.requests.wantsResync && this.begins(state) === undefined)
        this.joined = state.checkpoint.generation;
    }
    if (this.stored !== 'its table') {
      // Write nothing for a table that cannot be replicated.
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
        { recreate: this.loads(state) },
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

  /** Returns why to start again under a new lease. @throws Gap when the pipeline stops for one */
  private async generations(run: StoreRun): Promise<GenerationReason> {
    let state = await this.readState(run);
    let step = stepWhenTaken(stateOf(state), this.begins(state));
    // Another process may have closed the gap meanwhile.
    if (step.do !== 'begin') this.reason = undefined;
    if (step.do === 'run' && state !== undefined) announceHeal(this.context, state);
    for (;;) {
      const { onlyFollows, table } = this.context;
      if (onlyFollows && (step.do === 'begin' || state?.checkpoint.phase === 'load'))
        throw new LoadNeeded(table.name);
      if (step.do === 'begin') {
        if (step.under === 'new lease') return step.reason;
        this.reason = step.reason;
        if (this.loads(state)) this.requests.generationBegins((state?.checkpoint.generation ?? 0) + 1);
        state = await startGeneration(run, state, step.reason);
        this.reason = undefined;
        this.stored = 'its table';
        step = stepWhenTaken(stateOf(state));
      }
      if (state === undefined) throw new RangeError('the pipeline has no generation');
      if (step.do === 'close the gap') {
        step = stepWhenTaken('gap', await closeGap(this.context, state, run.signal));
        continue;
      }
      const ending = await this.endOf(run, state);
      step = stepAfter(phaseOf(ending.state.checkpoint), ending.happening);
      if (step.do === 'wait for the table') throw ending.gone;
      state = ending.state;
      if (step.do === 'record the gap') {
        state = await this.recordGap(run, state, ending.gap);
        step = stepWhenTaken('gap', this.begins(state));
        continue;
      }
      if (step.do === 'abandon the load') {
        state = await this.abandonLoad(run, state, ending.failure);
        step = stepWhenTaken(stateOf(state), this.begins(state));
        continue;
      }
      if (ending.gap === undefined) continue;
      const message =
        `Restarting the load with a new export: ${ending.gap.explanation}. Nothing is lost, and you need to do nothing; ` +
        `AWS bills the new export.`;
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

  /** Runs a generation. @returns why it ended, with the stored state. @throws errors after which this lease can run no generation */
  private async endOfPresent(run: StoreRun, state: PipelineState): Promise<Ending> {
    const { aws, table } = this.context;
    try {
      const source = await describeSource(aws, table.name, run.signal);
      requireSameSource(state, source, aws.clock.now());
      return await runGeneration(run, state, this.requests);
    } catch (error) {
      if (error instanceof TableReplaced) return { happening: 'table replaced', state };
      if (error instanceof ResyncRequested) return { happening: 'resync', state };
      if (error instanceof ResyncFailed)
        return { happening: 'resync failed', state: (await this.readState(run)) ?? state, failure: error };
      if (error instanceof ExportLost)
        return { happening: 'export lost', state: (await this.readState(run)) ?? state };
      if (!(error instanceof Gap)) throw error;
      const stored = await this.readState(run);
      if (stored === undefined || (await this.isReplaced(stored, run.signal)))
        return { happening: 'table replaced', state };
      // The visible table has followed until here: what it lacks can be healed, without a full export that nobody has asked for.
      if (endsResync(stored.checkpoint, this.context.settings.onGap))
        return { happening: 'resync failed', state: stored, failure: new ResyncFailed(error) };
      return { happening: 'gap', state: stored, gap: error };
    }
  }

  private begins(state: PipelineState | undefined): GenerationReason | undefined {
    if (this.reason !== undefined || !this.requests.wantsResync) return this.reason;
    const isServed =
      state !== undefined && servesResync(state) && state.checkpoint.generation !== this.futile;
    return isServed ? undefined : 'resync';
  }

  /** Whether the generation to begin loads the table. A heal continues from what is stored. */
  private loads(state: PipelineState | undefined): boolean {
    const reason = this.begins(state);
    return reason !== undefined && reason !== 'heal';
  }

  /** A missing stream or shard may mean that the table itself was replaced. */
  private async isReplaced({ checkpoint }: PipelineState, signal: AbortSignal): Promise<boolean> {
    const { aws, table } = this.context;
    return (await describeSource(aws, table.name, signal)).id !== checkpoint.tableId;
  }

  /**
   * Records a gap found after the first publish. One in a heal extends the gap that is healed. @param gap `undefined`: a heal has lost an
   * export
   */
  private async recordGap(
    { store, signal }: StoreRun,
    state: PipelineState,
    gap: Gap | undefined,
  ): Promise<PipelineState> {
    const committer = new Committer(store, this.context, state);
    await committer.commit(signal, ({ checkpoint, graph }) => ({
      checkpoint: { ...checkpoint, gap: recorded(gap, checkpoint.heal?.gap) },
      graph,
    }));
    return committer.current;
  }

  /** Rule P3: the table goes on without the resync. */
  private async abandonLoad(
    { store, signal }: StoreRun,
    state: PipelineState,
    failure: ResyncFailed | undefined,
  ): Promise<PipelineState> {
    if (failure === undefined) throw new RangeError('there is no failed resync');
    const committer = new Committer(store, this.context, state);
    await committer.commit(
      signal,
      ({ checkpoint, graph }) => ({
        checkpoint: {
          ...checkpoint,
          phase: 'stream',
          feedsVisible: undefined,
          export: undefined,
          resyncFailed: recordOf(failure, this.context.aws.clock.now()),
        },
        graph,
      }),
      (write) => store.abandonLoad(write),
    );
    completeResync(failure, this.context);
    this.context.events.emit('resync.failed', { pipeline: this.id, message: failure.message });
    this.requests.resyncFailed(failure);
    return committer.current;
  }

  private async readState({ store, signal }: StoreRun): Promise<PipelineState | undefined> {
    const stored = await whileUnavailable(this.context, signal, () => store.readCheckpoint());
    return stored && this.restored(stored);
  }

  /** @throws CheckpointUnreadable, ShardsMissing, unless the pipeline begins a generation anyway */
  private restored(stored: StoredCheckpoint): PipelineState | undefined {
    return this.loads(undefined) ? readStateToReload(stored) : readState(this.id, stored);
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
      throw new DestinationTableMismatch(table.destinationTable, error.difference, { cause: error });
    }
  }
}

function recorded(gap: Gap | undefined, healed: RecordedGap | undefined): RecordedGap {
  const { reason, from, to, shardId } = gap ?? healed ?? {};
  if (reason === undefined || from === undefined || to === undefined)
    throw new RangeError('there is no gap to record');
  return { reason, from: Math.min(from, healed?.from ?? from), to, shardId };
}

/** If the release fails, the next lease fences this one (rule C2). */
async function release(store: PipelineStore): Promise<void> {
  try {
    await store.release();
  } catch (error) {
    if (!(error instanceof DestinationUnavailable || error instanceof CommitOutcomeUnknown)) throw error;
  }
}
