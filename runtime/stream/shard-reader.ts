import { AwsFault } from '../aws/faults';
import type { AwsServices, RecordPage } from '../aws/services';
import type { Clock } from '../clock';
import { Gap, type GapReason } from './gap';
import { ReadPause, type Pace } from './pace';
import type { PageQueue, Room } from './page-queue';
import type { ReadSlots } from './read-slots';
import type { ShardGraph, ShardPage, ShardState } from './shard-graph';

/** What GetRecords gives at most. */
const RECORDS_A_READ = 1_000;
/** So many empty answers in a row prove a shard idle (rule W1). */
const EMPTY_ANSWERS = 3;
/** Records older than this when read: more are waiting, so the next read follows at once. */
const BEHIND_MS = 15_000;
/** What objects around a record, and around a page, take in memory. */
const RECORD_OVERHEAD_BYTES = 256;
const PAGE_OVERHEAD_BYTES = 512;
const LEAST_ROOM_BYTES = 64 * 1024;

export interface ReaderContext {
  readonly aws: AwsServices;
  readonly clock: Clock;
  readonly streamArn: string;
  readonly queue: PageQueue;
  readonly slots: ReadSlots;
  readonly pace: Pace;
  readonly random: () => number;
  readonly signal: AbortSignal;
  beforeRead(): void;
  /** The graph to go by. */
  graph(): ShardGraph | undefined;
  onRenewed(shardId: string): void;
}

/** Reads one shard into the queue, from its position to its end. */
export class ShardReader {
  /** Service time of the last successful read, or of the reader's start; epoch ms. */
  lastReadAt: number;
  /** The shard's end is queued. */
  finished = false;
  private readonly shardId: string;
  private readonly pause: ReadPause;
  /** Of the last record queued: an iterator that expires is renewed after it (rule S5). */
  private position: string | undefined;
  private iterator: string | undefined;
  private emptySince: number[] = [];
  private roomBytes = LEAST_ROOM_BYTES;

  constructor(
    shard: ShardState,
    private readonly context: ReaderContext,
  ) {
    this.shardId = shard.id;
    this.position = shard.position;
    this.pause = new ReadPause(context.pace, context.random);
    this.lastReadAt = context.aws.clock.now();
  }

  /** @throws Gap, AwsFault, what `beforeRead` throws, or the signal's reason */
  async run(): Promise<void> {
    const { slots, clock, signal } = this.context;
    for (;;) {
      const pauseMs = await slots.run(() => this.read());
      if (this.finished) return;
      if (pauseMs > 0) await clock.sleep(pauseMs, signal);
      signal.throwIfAborted();
    }
  }

  /** One read; gives the pause before the next, in ms. */
  private async read(): Promise<number> {
    const room = await this.context.queue.room(this.roomBytes);
    try {
      return await this.readInto(room);
    } catch (error) {
      if (error instanceof AwsFault && error.code === 'ResourceNotFoundException') {
        return await this.endAsGone(error, room);
      }
      return this.recover(error);
    } finally {
      room.leave();
    }
  }

  private async readInto(room: Room): Promise<number> {
    const { aws, streamArn, signal, slots } = this.context;
    this.context.beforeRead();
    this.iterator ??= await aws.getShardIterator(
      streamArn,
      this.shardId,
      this.position === undefined ? 'TRIM_HORIZON' : { after: this.position },
      signal,
    );
    const requestedAt = aws.clock.now();
    const answer = await aws.getRecords(this.iterator, RECORDS_A_READ, signal);
    const receivedAt = aws.clock.now();
    slots.succeeded();
    this.lastReadAt = receivedAt;
    this.iterator = answer.nextIterator;
    this.finished = answer.nextIterator === undefined;

    const isEmpty = answer.records.length === 0;
    this.emptySince = isEmpty ? [...this.emptySince, requestedAt].slice(-EMPTY_ANSWERS) : [];
    const idleSince = this.emptySince.length === EMPTY_ANSWERS ? this.emptySince[0] : undefined;
    this.position = answer.records.at(-1)?.sequenceNumber ?? this.position;
    const bytes = sizeOf(answer);
    this.roomBytes = Math.max(LEAST_ROOM_BYTES, bytes);
    if (!isEmpty || this.finished || idleSince !== undefined) {
      const { shardId, finished: ended } = this;
      const { records } = answer;
      room.fill({ kind: 'page', shardId, records, ended, requestedAt, receivedAt, idleSince, bytes });
    }
    return this.pauseAfter(answer, receivedAt);
  }

  private pauseAfter({ records }: RecordPage, receivedAt: number): number {
    const newest = records.at(-1);
    if (!newest) return this.pause.afterEmpty();
    const pauseMs = this.pause.afterRecords();
    const moreWaits = records.length >= RECORDS_A_READ / 2 || receivedAt - newest.createdAt > BEHIND_MS;
    return moreWaits ? 0 : pauseMs;
  }

  /** Gives the pause before the next try, or throws what ends the reading. Transient faults were retried beneath. */
  private recover(error: unknown): number {
    if (!(error instanceof AwsFault)) throw error;
    const { slots, onRenewed } = this.context;
    switch (error.code) {
      case 'ExpiredIteratorException':
        // Whether the empty answers so far were about the same place is not certain.
        this.iterator = undefined;
        this.emptySince = [];
        onRenewed(this.shardId);
        return this.context.pace.shortestPauseMs;
      case 'TrimmedDataAccessException':
        if (!this.context.graph()?.mayReadAgain(this.shardId, this.context.aws.clock.now())) {
          throw this.gap('trimmed', error);
        }
        this.position = undefined;
        this.iterator = undefined;
        this.emptySince = [];
        return this.context.pace.shortestPauseMs;
    }
    if (error.kind !== 'retry' || error.pace !== 'throttled') throw error;
    slots.throttled();
    return this.pause.afterThrottling();
  }

  /** Rule A2 (a): a shard that is not found, though its stream is, may count as read to its end. */
  private async endAsGone(error: AwsFault, room: Room): Promise<number> {
    const { aws, streamArn, signal, graph } = this.context;
    if (!graph()?.countsAsRead(this.shardId, aws.clock.now())) throw this.gap('shard gone', error);
    try {
      await aws.describeStream(streamArn, {}, signal);
    } catch (cause) {
      if (!(cause instanceof AwsFault) || cause.code !== 'ResourceNotFoundException') throw cause;
      throw this.gap('stream gone', cause);
    }
    this.finished = true;
    const now = aws.clock.now();
    const nothing = { records: [], idleSince: undefined, requestedAt: now, receivedAt: now };
    const { shardId } = this;
    room.fill({ kind: 'page', shardId, ...nothing, ended: true, gone: true, bytes: PAGE_OVERHEAD_BYTES });
    return 0;
  }

  private gap(reason: GapReason, cause: AwsFault): Gap {
    const now = this.context.aws.clock.now();
    return new Gap(reason, this.context.graph()?.watermark() ?? now, now, this.shardId, { cause });
  }
}

function sizeOf({ records, bytes }: RecordPage): ShardPage['bytes'] {
  return PAGE_OVERHEAD_BYTES + bytes + records.length * RECORD_OVERHEAD_BYTES;
}
