import type { StreamRecord } from '../aws/services';
import type { AppliedRole } from '../destinations/destination';
import type { Arrival } from '../stream/page-queue';
import type { ShardGraph } from '../stream/shard-graph';
import type { Poller } from '../stream/poller';
import { type Checkpoint, followsStream } from './checkpoint';
import { enterPhase, type GenerationRun } from './generation-run';
import { counted } from './heal/change-rate';
import { publish, type Publishable } from './publish';
import type { Requests } from './requests';
import { describeSource, requireSameSource } from './source-watch';
import { lagMs } from './watermark';

/** Approximate bytes of the records applied in one transaction: batches grow up to this under load. */
const BATCH_BYTES = 8 * 1024 * 1024;
const TAKE_MS = 2_500;
/** W is stored at least this often while it advances, with or without data (rule W1). Service time. */
const SAVE_MS = 5_000;

interface Batch {
  readonly graph: ShardGraph;
  /** In the order in which to apply them. */
  readonly records: readonly StreamRecord[];
  readonly bytes: number;
}

/**
 * Applies these pages and listings to the graph. Returns the new graph and the records to commit with it.
 * @throws Gap (rule G1)
 */
export function toBatch(graph: ShardGraph, entries: readonly Arrival[]): Batch {
  const records: StreamRecord[] = [];
  let bytes = 0;
  let next = graph;
  for (const entry of entries) {
    if (entry.kind === 'children') {
      next = next.childrenSeen(entry);
      continue;
    }
    const gap = entry.kind === 'page' ? next.gapAtCommit(entry) : next.gapInListing(entry);
    if (gap) throw gap;
    if (entry.kind === 'listing') {
      next = next.listed(entry);
    } else {
      const { graph: applied, kept } = next.applied(entry);
      for (const record of kept) records.push(record);
      bytes += entry.bytes;
      next = applied;
    }
  }
  return { graph: next, records, bytes };
}

/** While the table is visible: what a heal would cost is estimated from how often it changes. */
function withChanges(checkpoint: Checkpoint, changes: number, now: number): Checkpoint {
  if (!followsStream(checkpoint) || changes === 0) return checkpoint;
  return { ...checkpoint, changeRate: counted(checkpoint.changeRate, changes, now) };
}

/**
 * Follows the stream: takes pages as they arrive and commits them together with the new positions. Publishes the
 * generation once its export, or its heal, is loaded and W has passed it.
 */
export class Follower {
  private loaded: Publishable | undefined;
  private savedAt = 0;
  /** May be ahead of the committed graph, by progress that needs no commit of its own. */
  private graph: ShardGraph;

  constructor(
    private readonly shared: Omit<GenerationRun, 'signal'>,
    private readonly poller: Poller,
    private readonly requests: Pick<Requests, 'publishes' | 'published'>,
  ) {
    this.graph = shared.committer.current.graph;
  }

  /** From this call on, the generation may be published. */
  allLoaded(loaded: Publishable): void {
    this.loaded = loaded;
  }

  /** Ends only through its signal or an error. @throws Gap, TableReplaced, AwsFault, LeaseLost, PublishRefused */
  async run(signal: AbortSignal): Promise<void> {
    this.poller.follow(this.graph);
    for (;;) {
      await this.takeAndCommit(signal);
      await this.publishWhenReady(signal);
    }
  }

  /** Its own function: a variable in the loop would keep a batch in memory while waiting for the next. */
  private async takeAndCommit(signal: AbortSignal): Promise<void> {
    const entries = await this.poller.take({ maxBytes: BATCH_BYTES, maxWaitMs: TAKE_MS, signal });
    const batch = toBatch(this.graph, entries);
    if (this.mustCommit(batch)) {
      await this.commit(batch, signal);
    } else {
      this.graph = batch.graph;
    }
    this.poller.follow(this.graph);
  }

  private mustCommit({ records, graph }: Batch): boolean {
    const committed = this.shared.committer.current.graph;
    if (records.length > 0) return true;
    // An unchanged graph was already compared with the committed one when it arrived.
    if (graph !== this.graph && graph.movedOnSince(committed)) return true;
    return (
      graph.watermark() > committed.watermark() &&
      this.shared.context.aws.clock.now() - this.savedAt >= SAVE_MS
    );
  }

  private async commit({ graph, records, bytes }: Batch, signal: AbortSignal): Promise<void> {
    const { aws, clock, events, pipeline } = this.shared.context;
    const startedMs = clock.elapsedMs();
    const role = this.role;
    let changes = 0;
    await this.shared.committer.commit(
      signal,
      (state) => ({ checkpoint: withChanges(state.checkpoint, records.length, aws.clock.now()), graph }),
      async (checkpoint) => {
        if (records.length === 0) await this.shared.store.save(checkpoint);
        else changes = await this.shared.writer.apply(role, records, checkpoint, signal);
      },
    );
    this.graph = graph;
    this.savedAt = aws.clock.now();
    let oldest: number | undefined;
    for (const { createdAt } of records) oldest = Math.min(oldest ?? createdAt, createdAt);
    events.emit('stream.batch', {
      pipeline,
      records: records.length,
      changes,
      bytes,
      commitMs: clock.elapsedMs() - startedMs,
      watermark: graph.watermark(),
      lagMs: lagMs(aws.clock.now(), oldest, this.poller.slowestReadAt()),
      shards: this.poller.shards,
    });
  }

  private async publishWhenReady(signal: AbortSignal): Promise<void> {
    const { loaded } = this;
    const { committer, context } = this.shared;
    if (!loaded || this.graph.watermark() < loaded.passes) return;
    if (committer.current.graph.watermark() < loaded.passes) {
      await this.commit({ graph: this.graph, records: [], bytes: 0 }, signal);
    }
    const { aws, events, pipeline, table } = context;
    const source = await describeSource(aws, table.name, signal);
    requireSameSource(committer.current, source, aws.clock.now());
    enterPhase(this.shared, 'publish');
    this.requests.publishes();
    const { gap } = committer.current.checkpoint.heal ?? {};
    const streamArn = source.stream?.arn ?? committer.current.checkpoint.streamArn;
    const result = await publish({ ...this.shared, signal }, loaded, { tableId: source.id, streamArn });
    if (committer.current.checkpoint.phase !== 'stream') return;
    this.loaded = undefined;
    events.emit('pipeline.published', {
      pipeline,
      generation: this.generation,
      rows: result?.rows,
      written: result?.written,
      deadLetters: result?.deadLetters,
    });
    if (loaded.healed !== undefined && gap !== undefined)
      events.emit('pipeline.healed', {
        pipeline,
        from: gap.from,
        to: gap.to,
        ...loaded.healed,
        written: result?.written,
      });
    this.requests.published(this.generation);
    enterPhase(this.shared, 'stream');
  }

  /** Rules P1 and P3. */
  private get role(): AppliedRole {
    const { committer, feedsVisible } = this.shared;
    if (committer.current.checkpoint.phase === 'stream') return 'visible';
    return feedsVisible ? 'both' : 'changes';
  }

  private get generation(): number {
    return this.shared.committer.current.checkpoint.generation;
  }
}
