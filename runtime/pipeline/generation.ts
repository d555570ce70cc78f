import { AwsFault } from '../aws/faults';
import { settleRoots } from '../stream/listing';
import type { Pace } from '../stream/pace';
import { Poller } from '../stream/poller';
import { type Listing, ShardGraph } from '../stream/shard-graph';
import { Backfill } from './backfill';
import { type Checkpoint, type GenerationReason, type PipelineState, writeState } from './checkpoint';
import { Committer } from './committer';
import { type PipelineContext, waitUntil } from './context';
import { storeOnce } from './destination-retry';
import { Mutex } from '../mutex';
import { Follower } from './follower';
import type { GenerationRun, StoreRun } from './generation-run';
import { sinceOf } from './heal/close-gap';
import { Healing } from './heal/healing';
import { healsInARow } from './heal/limits';
import type { Requests } from './requests';
import { type ReadableTable, readSource } from './source';
import { watchSource } from './source-watch';
import { verifyOnSchedule } from './scheduled-verify';
import { runTogether } from './task-group';
import { verify } from './verify';
import { STREAM_AGE_MS } from './watermark';

/**
 * Starts a generation: settles the roots of its stream (rule A1) and creates its empty tables. The visible table stays
 * unchanged.
 * @throws StreamDisabled, StreamViewTypeUnusable, PointInTimeRecoveryDisabled, AwsFault
 */
export async function startGeneration(
  { context, store, writer, signal }: StoreRun,
  previous: PipelineState | undefined,
  reason: GenerationReason,
): Promise<PipelineState> {
  const { events, pipeline } = context;
  const generation = (previous?.checkpoint.generation ?? 0) + 1;
  events.emit('pipeline.phase', { pipeline, phase: 'start', generation });
  const { source, roots } = await settle(context, signal);
  const graph = ShardGraph.start(roots);
  const state: PipelineState = {
    checkpoint: {
      format: 1,
      commit: (previous?.checkpoint.commit ?? 0) + 1,
      tableArn: source.arn,
      tableId: source.id,
      streamArn: source.stream.arn,
      generation,
      reason,
      phase: 'load',
      graph: graph.head(),
      exportAttempt: 1,
      export: undefined,
      published: previous?.checkpoint.published,
      gap: undefined,
      ...(reason === 'heal' && healOf(context, previous)),
      changeRate: previous?.checkpoint.changeRate,
      verify: reason === 'table replaced' ? undefined : previous?.checkpoint.verify,
    },
    graph,
  };
  announceHeal(context, state);
  const write = writeState(state, previous);
  await storeOnce({ context, store, signal }, state.checkpoint.commit, async () => {
    await store.widen(writer.catalog.columns, signal);
    await store.startGeneration(generation, write, reason === 'heal' ? 'lines' : 'shadow');
  });
  return state;
}

/** Emits which gap the generation heals, if it does. */
export function announceHeal({ events, pipeline }: PipelineContext, { checkpoint }: PipelineState): void {
  const { gap, heal, phase } = checkpoint;
  if (phase !== 'load' || heal === undefined || gap !== undefined) return;
  events.emit('pipeline.healing', { pipeline, from: heal.gap.from, to: heal.gap.to });
}

/** What a generation that heals begins with (rule G3). */
function healOf(
  { aws, settings }: PipelineContext,
  previous: PipelineState | undefined,
): Pick<Checkpoint, 'heal' | 'healsBegun'> {
  const { gap, healsBegun = [], published } = previous?.checkpoint ?? {};
  if (previous === undefined || gap === undefined) throw new RangeError('there is no gap to heal');
  const since = sinceOf(previous);
  const { name: bucket, prefix } = settings.bucket;
  return {
    heal: { since, gap, bucket, prefix, windows: [], rereadAt: undefined },
    healsBegun: [...healsInARow(healsBegun, published?.at, since), aws.clock.now()],
  };
}

/** The table with its stream, and the listing that fixes the stream's roots (rule A1). */
async function settle(
  context: PipelineContext,
  signal: AbortSignal,
): Promise<{ readonly source: ReadableTable; readonly roots: Listing }> {
  const { aws, clock, events, pipeline, table } = context;
  const onWait = (until: number) =>
    events.emit('pipeline.waiting', {
      pipeline,
      reason: 'waiting to list the shards a second time, a minute after the first',
      until,
    });
  // With many shards and tables a listing takes minutes.
  events.emit('pipeline.waiting', {
    pipeline,
    reason: 'listing the shards of the stream',
    until: undefined,
  });
  for (;;) {
    const source = await readSource(aws, table.name, signal);
    const { arn, createdAt } = source.stream;
    await waitUntil(
      context,
      createdAt + STREAM_AGE_MS,
      'the stream must have been on for five minutes',
      signal,
    );
    try {
      return { source, roots: await settleRoots(aws, clock, arn, onWait, signal) };
    } catch (error) {
      if (!(error instanceof AwsFault) || error.code !== 'ResourceNotFoundException') throw error;
      // Another stream may have replaced it meanwhile.
      if ((await readSource(aws, table.name, signal)).stream.arn === arn) throw error;
    }
  }
}

const LONGEST_LISTING_MS = 30_000;

function paceOf({ minMs, maxMs, listShardsMs }: PipelineContext['settings']['poll']): Partial<Pace> {
  return {
    shortestPauseMs: minMs,
    longestPauseMs: maxMs,
    shortestListingMs: listShardsMs,
    longestListingMs: Math.min(listShardsMs * 1.5, LONGEST_LISTING_MS),
  };
}

/**
 * Runs a generation from its stored state. Follows the stream, loads and publishes if that is still to do, watches the
 * source and executes requests, all concurrently. Ends only through its signal or an error.
 * @throws Gap, TableReplaced, TableGone, ResyncRequested, ExportFailed, DataFileCorrupt, AwsFault, LeaseLost
 */
export async function runGeneration(
  { context, store, writer, signal }: StoreRun,
  state: PipelineState,
  requests: Requests,
): Promise<never> {
  const { aws, clock, events, pipeline, scheduler, settings, parts } = context;
  const { generation, phase, reason, streamArn } = state.checkpoint;
  const committer = new Committer(store, context, state);
  const poller = new Poller({
    aws,
    clock,
    events,
    pipeline,
    streamArn,
    scheduler,
    pace: paceOf(settings.poll),
    random: parts.random,
    beforeRead: () => {
      const gap = committer.current.graph.gapBeforeRead(aws.clock.now());
      if (gap) throw gap;
    },
  });
  const shared = { context, store, writer, committer };
  const run = (group: AbortSignal): GenerationRun => ({ ...shared, signal: group });
  const follower = new Follower(shared, poller, () => requests.published(generation));
  if (phase === 'stream') requests.published(generation);
  const openedAt = aws.clock.now();
  const verifying = new Mutex();
  events.emit('pipeline.phase', { pipeline, phase: phase === 'stream' ? 'stream' : 'export', generation });
  try {
    await runTogether(signal, [
      (group) => follower.run(group),
      (group) => watchSource(run(group)),
      async (group) => {
        if (phase === 'stream') return;
        const work = reason === 'heal' ? new Healing(run(group)) : new Backfill(run(group), openedAt);
        follower.allLoaded(await work.run());
      },
      (group) => requests.execute((request) => verifying.run(() => verify(run(group), request)), group),
      (group) => verifyOnSchedule(run(group), openedAt, verifying),
    ]);
  } finally {
    await poller.stop();
  }
  throw new RangeError('a generation ended without a reason');
}
