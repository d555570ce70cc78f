import { AwsFault } from '../aws/faults';
import type { AwsServices, RecordPage } from '../aws/services';
import { Gap, type GapReason } from './gap';
import type { LastReads } from './last-reads';
import { ReadPause, type Pace } from './pace';
import type { PageQueue } from './page-queue';
import type { Urgency } from './read-order';
import type { ReadTurn, TurnOptions } from './read-turn';
import type { ShardGraph, ShardPage, ShardState } from './shard-graph';

/** The most that GetRecords returns. */
const RECORDS_A_READ = 1_000;
/** This many empty answers in a row prove a shard idle (rule W1). */
const EMPTY_ANSWERS = 3;
/** If records are older than this when read, more are waiting, so the next read follows at once. */
const BEHIND_MS = 15_000;
/** Ends a read of a shard that no longer needs reading. */
const STOPPED = Symbol('stopped');
/** Memory of a page besides its records. */
const PAGE_BYTES = 512;

export interface ReaderContext {
  readonly aws: AwsServices;
  readonly streamArn: string;
  readonly queue: PageQueue;
  readonly pace: Pace;
  readonly random: () => number;
  readonly signal: AbortSignal;
  turn(options: TurnOptions): ReadTurn;
  beforeRead(): void;
  /** The present graph. */
  graph(): ShardGraph | undefined;
  onRenewed(shardId: string): void;
  readonly lastReads: LastReads;
  /** Resolves if the stream exists. @throws AwsFault */
  requireStream(): Promise<unknown>;
}

/** Reads one shard into the queue, from its position to its end. */
export class ShardReader {
  /** The shard's end is queued, or the shard no longer needs reading. */
  private finished = false;
  private isStopped = false;
  private readonly shardId: string;
  private readonly pause: ReadPause;
  /** Sequence number of the last queued record: an expired iterator is renewed after it (rule S5). */
  private position: string | undefined;
  private iterator: string | undefined;
  /** Of the last attempt and of its answer. Epoch ms on the service's clock. */
  private requestedAt = 0;
  private receivedAt = 0;
  private emptySince: number[] = [];
  private urgency: Urgency = 'unread';
  private hadRecords = false;

  constructor(
    shard: ShardState,
    private readonly context: ReaderContext,
  ) {
    this.shardId = shard.id;
    this.position = shard.position;
    this.pause = new ReadPause(context.pace, context.random);
    context.lastReads.read(shard.id, context.aws.clock.now());
  }

  /** @throws Gap, AwsFault, what `beforeRead` throws, or the reason with which its stream left */
  async run(): Promise<void> {
    for (let pauseMs = 0; !this.finished; ) pauseMs = await this.read(pauseMs);
  }

  /** The shard counts as read to its end: queues nothing from now on, and ends before the next request. */
  stop(): void {
    this.isStopped = true;
    this.finished = true;
    this.context.lastReads.forget(this.shardId);
  }

  /** Reads once after a pause. Returns the pause before the next read. Both in ms. */
  private async read(pauseMs: number): Promise<number> {
    const { clock } = this.context.aws;
    const turn = this.context.turn({
      urgency: this.urgency,
      pauseMs,
      onStart: () => {
        if (this.isStopped) throw STOPPED;
        this.context.beforeRead();
        this.requestedAt = clock.now();
      },
      onAnswer: () => (this.receivedAt = clock.now()),
    });
    try {
      return await this.readIn(turn);
    } catch (error) {
      if (this.isStopped) return 0;
      if (error instanceof AwsFault && error.code === 'ResourceNotFoundException') {
        return await this.endAsGone(error);
      }
      return this.recover(error);
    } finally {
      turn.giveUp();
    }
  }

  private async readIn(turn: ReadTurn): Promise<number> {
    const { aws, streamArn, signal } = this.context;
    this.iterator ??= await aws.getShardIterator(
      streamArn,
      this.shardId,
      this.position === undefined ? 'TRIM_HORIZON' : { after: this.position },
      signal,
      turn,
    );
    const answer = await aws.getRecords(this.iterator, RECORDS_A_READ, signal, turn);
    if (this.isStopped) return 0;
    const { receivedAt } = this;
    this.iterator = answer.nextIterator;
    this.finished = answer.nextIterator === undefined;
    if (this.finished) this.context.lastReads.forget(this.shardId);
    else this.context.lastReads.read(this.shardId, receivedAt);

    this.enqueue(answer, receivedAt, turn);
    const moreWaits = this.moreWaits(answer, receivedAt);
    const pauseMs = answer.records.length > 0 ? this.pause.afterRecords() : this.pause.afterEmpty();
    this.urgency = moreWaits ? 'behind' : this.urgencyNow(answer);
    return moreWaits ? 0 : pauseMs;
  }

  private enqueue(answer: RecordPage, receivedAt: number, turn: ReadTurn): void {
    const { requestedAt, shardId, finished: ended } = this;
    const isEmpty = answer.records.length === 0;
    this.emptySince = isEmpty ? [...this.emptySince, requestedAt].slice(-EMPTY_ANSWERS) : [];
    const idleSince = this.emptySince.length === EMPTY_ANSWERS ? this.emptySince[0] : undefined;
    this.position = answer.records.at(-1)?.sequenceNumber ?? this.position;
    if (isEmpty && !ended && idleSince === undefined) return;
    const bytes = PAGE_BYTES + answer.bytes;
    const { records } = answer;
    const page: ShardPage = {
      kind: 'page',
      shardId,
      records,
      ended,
      requestedAt,
      receivedAt,
      idleSince,
      bytes,
    };
    this.context.queue.push(page, isEmpty ? undefined : turn.hold(bytes));
  }

  /** A shard counts as idle sooner if it has had no record since its reader began. */
  private urgencyNow({ records }: RecordPage): Urgency {
    this.hadRecords ||= records.length > 0;
    if (records.length > 0) return 'records';
    const isIdle = this.pause.isLongest || (!this.hadRecords && this.emptySince.length === EMPTY_ANSWERS);
    return isIdle ? 'idle' : 'records';
  }

  private moreWaits({ records }: RecordPage, receivedAt: number): boolean {
    const newest = records.at(-1);
    if (!newest) return false;
    return records.length >= RECORDS_A_READ / 2 || receivedAt - newest.createdAt > BEHIND_MS;
  }

  /** Returns the pause before the next attempt, or throws. The AWS client has already retried transient faults. */
  private recover(error: unknown): number {
    if (!(error instanceof AwsFault)) throw error;
    switch (error.code) {
      case 'ExpiredIteratorException':
        // The earlier empty answers may have been about another position.
        this.iterator = undefined;
        this.emptySince = [];
        this.context.onRenewed(this.shardId);
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
    throw error;
  }

  /** Rule A2 (a): a shard that is not found, though its stream exists, may count as read to its end. */
  private async endAsGone(error: AwsFault): Promise<number> {
    const { aws, graph } = this.context;
    if (!graph()?.countsAsRead(this.shardId, aws.clock.now())) throw this.gap('shard gone', error);
    try {
      await this.context.requireStream();
    } catch (cause) {
      if (!(cause instanceof AwsFault) || cause.code !== 'ResourceNotFoundException') throw cause;
      throw this.gap('stream gone', cause);
    }
    this.finished = true;
    this.context.lastReads.forget(this.shardId);
    const now = aws.clock.now();
    const nothing = { records: [], idleSince: undefined, requestedAt: now, receivedAt: now };
    const page: ShardPage = {
      kind: 'page',
      shardId: this.shardId,
      ...nothing,
      ended: true,
      gone: true,
      bytes: PAGE_BYTES,
    };
    this.context.queue.push(page, undefined);
    return 0;
  }

  private gap(reason: GapReason, cause: AwsFault): Gap {
    const now = this.context.aws.clock.now();
    return new Gap(reason, this.context.graph()?.watermark() ?? now, now, this.shardId, { cause });
  }
}
