import type { Pace } from '../stream/pace';
import { Poller } from '../stream/poller';
import { Backfill } from './backfill';
import { type PipelineState, servesResync } from './checkpoint';
import { Committer } from './committer';
import type { PipelineContext } from './context';
import { Mutex } from '../mutex';
import { whileUnavailable } from './destination-retry';
import { Follower } from './follower';
import { enterPhase, type GenerationRun, type StoreRun } from './generation-run';
import { Healing } from './heal/healing';
import type { Requests } from './requests';
import { watchSource } from './source-watch';
import { verifyOnSchedule } from './scheduled-verify';
import { instant } from '../observe/figures';
import { runTogether } from './task-group';
import { verify } from './verify';

const LONGEST_LISTING_MS = 30_000;

function paceOf({ minMs, maxMs, listShardsMs }: PipelineContext['settings']['poll']): Partial<Pace> {
  return {
    shortestPauseMs: minMs,
    longestPauseMs: maxMs,
    shortestListingMs: listShardsMs,
    longestListingMs: Math.min(listShardsMs * 1.5, LONGEST_LISTING_MS),
  };
}

/** Reports that a resync which somebody has requested is served by the load that runs (rule P3). */
function announceJoined({ events, pipeline }: PipelineContext, { checkpoint }: PipelineState): void {
  const { generation, export: its } = checkpoint;
  const exported =
    its === undefined
      ? ', whose export is not requested yet'
      : ` from the export of ${instant(its.exportTime)}`;
  events.emit('resync.joined', {
    pipeline,
    generation,
    exportTime: its?.exportTime,
    message: `already loading generation ${generation}${exported}; the resync joins it, and requests no other export`,
  });
}

/**
 * Runs a generation from its stored state. Follows the stream, loads and publishes if that is still to do, watches the
 * source and executes requests, all concurrently. Ends only through its signal or an error.
 * @throws Gap, TableReplaced, TableGone, ResyncRequested, ResyncFailed, ExportFailed, DataFileCorrupt, AwsFault, LeaseLost
 */
export async function runGeneration(
  { context, store, writer, signal }: StoreRun,
  state: PipelineState,
  requests: Requests,
): Promise<never> {
  const { aws, clock, events, pipeline, scheduler, settings, parts } = context;
  const { generation, phase, published, reason, streamArn } = state.checkpoint;
  // Somebody may have dropped the visible table before this lease: then the publish creates it again.
  const feedsVisible =
    state.checkpoint.feedsVisible === true &&
    (await whileUnavailable(context, signal, () => store.hasVisible()));
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
  const shared = { context, store, writer, committer, feedsVisible };
  const run = (group: AbortSignal): GenerationRun => ({ ...shared, signal: group });
  const follower = new Follower(shared, poller, requests);
  // After a failed resync, the visible table is of an earlier generation.
  if (phase === 'stream') requests.published(published?.generation ?? generation);
  const openedAt = aws.clock.now();
  const verifying = new Mutex();
  enterPhase(shared, phase === 'stream' ? 'stream' : 'export');
  if (servesResync(state)) requests.loads(generation, () => announceJoined(context, committer.current));
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
    requests.loadEnds();
    await poller.stop();
  }
  throw new RangeError('a generation ended without a reason');
}
