import { setMaxListeners } from 'node:events';
import { THROTTLES } from '../aws/fault-table';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import type { Events } from '../observe/events';
import { Alarm } from './alarm';
import { DEFAULT_PACE, type Pace } from './pace';
import { PageQueue, type Arrival } from './page-queue';
import { ReadSlots } from './read-slots';
import type { Listing, ShardGraph } from './shard-graph';
import { ShardLister } from './shard-lister';
import { ShardReader, type ReaderContext } from './shard-reader';

const DEFAULT_QUEUE_BYTES = 32 * 1024 * 1024;

export interface PollerOptions {
  readonly aws: AwsServices;
  /** For pauses only; the rules go by `aws.clock`. */
  readonly clock: Clock;
  readonly events: Events;
  readonly pipeline: string;
  readonly streamArn: string;
  /** Pages read and not taken yet hold at most about this many bytes. Default: 32 MiB. */
  readonly queueBytes?: number;
  readonly pace?: Partial<Pace>;
  /** From 0 up to 1: jitter. Default: Math.random. */
  readonly random?: () => number;
  /** Called just before each read; what it throws (a Gap, rule G1) ends the polling. */
  readonly beforeRead: () => void;
}

export interface TakeOptions {
  /** At least one arrival is given, whatever its size. */
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Reads a stream ahead of its applier: one reader for each shard that may be read (rule S1) and complete listings, all
 * into one queue bounded in bytes. Slow applier → queue full → readers wait.
 */
export class Poller {
  private readonly stopping = new AbortController();
  private readonly queue: PageQueue;
  private readonly slots: ReadSlots;
  private readonly alarm: Alarm;
  private readonly readers = new Map<string, ShardReader>();
  private readonly running = new Set<Promise<void>>();
  private readonly context: ReaderContext & { onListed(listing: Listing): void };
  private readonly stopListening: () => void;
  private lister: ShardLister | undefined;
  private graph: ShardGraph | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: PollerOptions) {
    const { aws, clock, events, pipeline, streamArn, beforeRead } = options;
    const pace = { ...DEFAULT_PACE, ...options.pace };
    setMaxListeners(0, this.stopping.signal);
    this.alarm = new Alarm(clock);
    this.queue = new PageQueue(options.queueBytes ?? DEFAULT_QUEUE_BYTES, () => this.alarm.wake());
    this.slots = new ReadSlots(clock, pace.concurrentReads);
    this.context = {
      aws,
      clock,
      streamArn,
      queue: this.queue,
      slots: this.slots,
      pace,
      random: options.random ?? Math.random,
      signal: this.stopping.signal,
      beforeRead,
      graph: () => this.graph,
      onRenewed: (shardId) => events.emit('stream.iteratorRenewed', { pipeline, shardId }),
      onListed: ({ shards }) => {
        const open = shards.filter((shard) => !shard.closed).length;
        events.emit('stream.listing', { pipeline, shards: shards.length, open });
      },
    };
    // Throttled calls are retried beneath and reach the readers only as this event.
    this.stopListening = events.on('aws.retry', ({ operation, code }) => {
      if (operation === 'GetRecords' && THROTTLES.includes(code)) this.slots.throttled();
    });
  }

  /** To be told of the graph to start from, and of each one that has been committed: its new shards are read, too. */
  follow(graph: ShardGraph): void {
    if (this.stopping.signal.aborted || graph === this.graph) return;
    this.graph = graph;
    for (const id of this.readers.keys()) {
      if (graph.shards.get(id)?.stage !== 'open') this.readers.delete(id);
    }
    for (const shard of graph.readable()) {
      if (this.readers.has(shard.id)) continue;
      const reader = new ShardReader(shard, this.context);
      this.readers.set(shard.id, reader);
      this.start(reader.run());
    }
    if (this.lister) return this.lister.follow(graph);
    this.lister = new ShardLister(this.context);
    this.lister.follow(graph);
    this.start(this.lister.run());
  }

  /**
   * The oldest pages and listings not taken yet, in the order they were read; waits for records, a shard's end or a
   * listing, or for `maxWaitMs`, and may then give nothing. One call at a time.
   * @throws Gap or AwsFault, the first that any read ended with, from then on at every call; or the signal's reason
   */
  async take({ maxBytes, maxWaitMs, signal }: TakeOptions): Promise<readonly Arrival[]> {
    signal.throwIfAborted();
    if (!this.queue.hasNews && !this.failure && !this.stopping.signal.aborted) {
      await this.alarm.sleep(maxWaitMs, signal);
    }
    if (this.failure) throw this.failure.error;
    return this.stopping.signal.aborted ? [] : this.queue.take(maxBytes);
  }

  /** Service time (epoch ms) of the last successful read of that shard, of those being read, which has waited longest. */
  slowestReadAt(): number {
    let slowest = this.options.aws.clock.now();
    for (const reader of this.readers.values()) {
      if (!reader.finished) slowest = Math.min(slowest, reader.lastReadAt);
    }
    return slowest;
  }

  /** Ends all reads; pages not taken are dropped (they will be read again from the position). */
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

  /** The first error ends all reads; what the others end with after that is its consequence. */
  private fail(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.failure = { error };
    this.end();
  }

  private end(): void {
    if (this.stopping.signal.aborted) return;
    this.stopListening();
    this.stopping.abort();
    this.slots.close(this.stopping.signal.reason);
    this.queue.close(this.stopping.signal.reason);
    this.alarm.wake();
  }
}
