import { AwsFault } from '../aws/faults';
import { settleRoots } from '../stream/listing';
import { type Listing, ShardGraph } from '../stream/shard-graph';
import {
  closes,
  followsStream,
  type GenerationReason,
  type HealState,
  type PipelineState,
  writeState,
} from './checkpoint';
import { type PipelineContext, waitUntil } from './context';
import { storeOnce, whileUnavailable } from './destination-retry';
import type { StoreRun } from './generation-run';
import { sinceOf } from './heal/close-gap';
import { historyWith } from './heal/limits';
import { type ReadableTable, readSource } from './source';
import { describeSource } from './source-watch';
import { STREAM_AGE_MS } from './watermark';

/** Where the stream of a generation begins. */
interface Beginning {
  readonly source: Pick<ReadableTable, 'arn' | 'id' | 'stream'>;
  readonly graph: ShardGraph;
  /** It continues the positions of the generation before it, whose visible table follows on (rule P3). */
  readonly feedsVisible: boolean;
}

/**
 * Starts a generation and creates its empty tables. The visible table stays unchanged. The generation settles the roots of its stream
 * (rule A1), or continues with the present positions (rule P3).
 * @throws StreamDisabled, StreamViewTypeUnusable, PointInTimeRecoveryDisabled, AwsFault
 */
export async function startGeneration(
  run: StoreRun,
  previous: PipelineState | undefined,
  reason: GenerationReason,
): Promise<PipelineState> {
  const { context, store, writer, signal } = run;
  const generation = (previous?.checkpoint.generation ?? 0) + 1;
  const beginning = (await continued(run, previous, reason)) ?? (await settled(context, generation, signal));
  const { source, graph, feedsVisible } = beginning;
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
      ...(feedsVisible && { feedsVisible }),
      heal: reason === 'heal' ? healOf(context, previous) : undefined,
      changeRate: previous?.checkpoint.changeRate,
      ...(reason !== 'table replaced' &&
        previous !== undefined && {
          verify: previous.checkpoint.verify,
          resyncFailed: previous.checkpoint.resyncFailed,
          ...historyWith(previous.checkpoint, closes({ reason }), {
            now: context.aws.clock.now(),
            publishedAt: previous.checkpoint.published?.at,
            since: sinceOf(previous),
          }),
        }),
    },
    graph,
  };
  announceHeal(context, state);
  // The positions of the generation before are forgotten, so those that it continues with are written again.
  const write = writeState(state, feedsVisible ? undefined : previous);
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
function healOf({ settings }: PipelineContext, previous: PipelineState | undefined): HealState {
  const { gap } = previous?.checkpoint ?? {};
  if (previous === undefined || gap === undefined) throw new RangeError('there is no gap to heal');
  const { name: bucket, prefix } = settings.bucket;
  return { since: sinceOf(previous), gap, bucket, prefix, windows: [], rereadAt: undefined };
}

/**
 * Rule P3: a resync of a table that follows its stream goes on from where that is. `undefined`: the generation needs positions of its own,
 * because the visible table is behind a gap, does not follow this stream, or does not exist.
 */
async function continued(
  { context, store, signal }: StoreRun,
  previous: PipelineState | undefined,
  reason: GenerationReason,
): Promise<Beginning | undefined> {
  const { aws, table } = context;
  if (reason !== 'resync' || previous === undefined) return undefined;
  const { checkpoint, graph } = previous;
  // Without any shard, somebody has deleted the positions.
  if (!followsStream(checkpoint) || checkpoint.gap !== undefined || graph.shards.size === 0) return undefined;
  if (graph.gapBeforeRead(aws.clock.now()) !== undefined) return undefined;
  // Nothing more is checked: the table would wait for the answers. What the export lacks ends only the resync.
  const { arn, id, stream } = await describeSource(aws, table.name, signal);
  if (id !== checkpoint.tableId || stream?.arn !== checkpoint.streamArn || !stream.enabled) return undefined;
  if (!(await whileUnavailable(context, signal, () => store.hasVisible()))) return undefined;
  return { source: { arn, id, stream }, graph, feedsVisible: true };
}

/** Settles the roots of the stream. */
async function settled(
  context: PipelineContext,
  generation: number,
  signal: AbortSignal,
): Promise<Beginning> {
  const { events, pipeline } = context;
  events.emit('pipeline.phase', { pipeline, phase: 'start', generation });
  const { source, roots } = await settle(context, signal);
  return { source, graph: ShardGraph.start(roots), feedsVisible: false };
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
