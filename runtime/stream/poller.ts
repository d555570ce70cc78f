import { setMaxListeners } from 'node:events';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import type { Events } from '../observe/events';
import { InterruptibleSleep } from './interruptible-sleep';
import { AwaitedChildren } from './awaited-children';
import { type AskerContext, ChildAsker } from './child-asker';
import { DEFAULT_PACE, type Pace } from './pace';
import { LastReads } from './last-reads';
import { PageQueue, type Arrival } from './page-queue';
import type { ReadScheduler, StreamPart } from './read-scheduler';
import { ReadTurn } from './read-turn';
import type { ShardGraph } from './shard-graph';
import { type ListerContext, ShardLister } from './shard-lister';
import { SharedCall } from './shared-call';
import { ShardReader, type ReaderContext } from './shard-reader';

export interface PollerOptions {
  readonly aws: AwsServices;
  /** For pauses only; the rules use `aws.clock`. */
  readonly clock: Clock;
  readonly events: Events;
  readonly pipeline: string;
  readonly streamArn: string;
  /** Shared by the whole process: its streams share requests and memory. */
  readonly scheduler: ReadScheduler;
  readonly pace?: Partial<Pace>;
  /** Returns a number from 0 up to 1, for jitter. Default: Math.random. */
  readonly random?: () => number;
  /** Called just before each read. If it throws (a Gap, rule G1), polling ends. */
  readonly beforeRead: () => void;
}

export interface TakeOptions {
  /** At least one arrival is returned, whatever its size. */
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Reads a stream ahead of its applier, into one queue: one reader for each shard that may be read (rule S1), and complete
 * listings. If the applier is slow, the scheduler's memory is used up and the readers wait.
 */
export class Poller {
  private readonly stopping = new AbortController();
  private readonly queue: PageQueue;
  private readonly part: StreamPart;
  private readonly pause: InterruptibleSleep;
  private readonly lastReads = new LastReads();
  private readonly readers = new Map<string, ShardReader>();
  private readonly running = new Set<Promise<void>>();
  private readonly context: ReaderContext & ListerContext & AskerContext;
  private readonly awaited: AwaitedChildren;
  private readonly lister: ShardLister;
  private readonly childAsker: ChildAsker;
  private graph: ShardGraph | undefined;
  /** A shard's end or a listing was taken: the next graph may have other readable shards. */
  private mayHaveMoved = true;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: PollerOptions) {
    const { aws, clock, events, pipeline, scheduler, streamArn, beforeRead } = options;
    const pace = { ...DEFAULT_PACE, ...options.pace };
    setMaxListeners(0, this.stopping.signal);
    this.pause = new InterruptibleSleep(clock);
    this.part = scheduler.join();
    this.queue = new PageQueue(
      () => this.pause.wake(),
      (reservations) => scheduler.giveUp(...reservations),
    );
    const describing = new SharedCall(() => aws.describeStream(streamArn, {}, this.stopping.signal));
    this.context = {
      aws,
      clock,
      streamArn,
      queue: this.queue,
      pace,
      random: options.random ?? Math.random,
      signal: this.stopping.signal,
      turn: (turn) => new ReadTurn(scheduler, this.part, turn),
      beforeRead,
      lastReads: this.lastReads,
      graph: () => this.graph,
      requireStream: () => describing.ask(),
      onRenewed: (shardId) => events.emit('stream.iteratorRenewed', { pipeline, shardId }),
      onListed: ({ shards }) => {
        this.awaited.listed(shards.length);
        this.childAsker.wake();
        const open = shards.filter((shard) => !shard.closed).length;
        events.emit('stream.listing', { pipeline, shards: shards.length, open });
      },
    };
    this.awaited = new AwaitedChildren(pace);
    this.lister = new ShardLister(this.context, this.awaited);
    this.childAsker = new ChildAsker(this.context, this.awaited);
  }

  /**
   * Call it with the first graph, and with each new one after applying what was taken. Starts readers for new shards. Its cost grows
   * with the number of shards only when a shard ended or a listing arrived.
   */
  follow(graph: ShardGraph): void {
    if (this.stopping.signal.aborted || graph === this.graph) return;
    const isFirst = this.graph === undefined;
    this.graph = graph;
    if (!this.mayHaveMoved) return;
    this.mayHaveMoved = false;
    for (const [id, reader] of this.readers) {
      if (graph.shards.get(id)?.stage === 'open') continue;
      reader.stop();
      this.readers.delete(id);
    }
    for (const shard of graph.readable()) {
      if (this.readers.has(shard.id)) continue;
      const reader = new ShardReader(shard, this.context);
      this.readers.set(shard.id, reader);
      this.start(reader.run());
    }
    if (this.awaited.follow(graph.awaiting(), this.options.clock.elapsedMs())) {
      this.lister.wake();
      this.childAsker.wake();
    }
    if (!isFirst) return;
    this.start(this.lister.run());
    this.start(this.childAsker.run());
  }

  /**
   * Takes the oldest pages and listings, in the order in which they were read. Waits for records, a shard's end or a listing, but no
   * longer than `maxWaitMs`, and may then return nothing. One call at a time: it releases the memory of what was taken before, which
   * must have been applied.
   * @throws Gap or AwsFault: the first error of any read, from then on at every call; or the signal's reason
   */
  async take({ maxBytes, maxWaitMs, signal }: TakeOptions): Promise<readonly Arrival[]> {
    signal.throwIfAborted();
    this.queue.applied();
    if (!this.queue.hasNews && !this.failure && !this.stopping.signal.aborted) {
      await this.pause.sleep(maxWaitMs, signal);
    }
    if (this.failure) throw this.failure.error;
    if (this.stopping.signal.aborted) return [];
    const taken = this.queue.take(maxBytes);
    this.mayHaveMoved ||= taken.some((arrival) => arrival.kind !== 'page' || arrival.ended);
    return taken;
  }

  /** When the shard that has waited longest was last read successfully. Epoch ms on the service's clock. */
  slowestReadAt(): number {
    return this.lastReads.oldest() ?? this.options.aws.clock.now();
  }

  /** Number of shards being read. */
  get shards(): number {
    return this.lastReads.size;
  }

  /** Ends all reads. Pages not taken are dropped; they will be read again from the stored position. */
  async stop(): Promise<void> {
    this.end();
    await Promise.all(this.running);
  }

  private start(work: Promise<void>): void {
    const handled: Promise<void> = work
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.running.delete(handled));
    this.running.add(handled);
  }

  /** The first error ends all reads. Later errors are its consequences and are ignored. */
  private fail(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.failure = { error };
    this.end();
  }

  private end(): void {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    this.options.scheduler.leave(this.part, this.stopping.signal.reason);
    this.pause.wake();
  }
}
