import type { Knobs } from '../knobs';
import { derivedRandom, within } from '../random';
import type { Random } from '../random';
import { ServiceError } from '../service-error';
import type { ItemChange } from '../tables/change';
import { streamRecord } from './record';
import type { StreamRecord, StreamViewType } from './record';
import { SequenceNumbers, compareSequenceNumbers } from './sequence-numbers';

/** A reading position in a shard: the number of records before it since the shard's start. */
export type Position = number | 'horizon';

export interface ShardDescription {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange: {
    readonly StartingSequenceNumber: string;
    readonly EndingSequenceNumber?: string;
  };
}

/** Settings that all shards of a stream share. */
export interface ShardSurroundings {
  readonly knobs: Knobs;
  readonly random: Random;
  readonly region: string;
  readonly viewType: StreamViewType;
  /** Records are trimmed at this age. */
  readonly trimAfterMs: number;
}

interface Entry {
  readonly record: StreamRecord;
  readonly at: number;
  readonly readableAt: number;
}

const MEGABYTE = 1_048_576;
/** When after its opening listings may omit a shard that they have shown. */
const HIDDEN_FROM_MS = [60_000, 4 * 3_600_000] as const;

/** The records of one hash range during a period. */
export class Shard {
  readonly rolloverAt: number;
  private readonly listedFrom: number;
  private readonly hidden: { readonly from: number; readonly until: number };
  private readonly forgetAfterMs: number;
  private readonly numbers: SequenceNumbers;
  private entries: Entry[] = [];
  /** Position of `entries[head]`; all records before it are trimmed. */
  private first = 0;
  private head = 0;
  private lastNumber: string;
  private lastReadableAt = 0;
  private lastTrimmedNumber: string | undefined;
  private closed: { at: number; visibleAt: number; omittedUntil: number } | undefined;
  private wasListed = false;
  private readonly open: ShardDescription;
  private ended: ShardDescription | undefined;
  /** Empty pages already returned at a position although there was data. */
  private readonly emptyPages = new Map<Position, number>();

  constructor(
    private readonly around: ShardSurroundings,
    readonly id: string,
    readonly lowHash: number,
    readonly highHash: number,
    openedAt: number,
    parent?: Shard,
  ) {
    const { knobs, random } = around;
    this.rolloverAt = openedAt + knobs.shardRolloverMs - within(random, [0, knobs.shardRolloverSpreadMs]);
    this.listedFrom = openedAt + (parent ? within(random, knobs.childListingLagMs) : 0);
    // From a separate source, so that other draws do not shift.
    const own = derivedRandom(random.seed, id);
    const hiddenFrom = openedAt + within(own, HIDDEN_FROM_MS);
    this.hidden = { from: hiddenFrom, until: hiddenFrom + within(own, knobs.listedShardHiddenMs) };
    this.forgetAfterMs = around.trimAfterMs + within(own, knobs.closedShardListedMs);
    const after = parent && knobs.comparableAcrossShards ? parent.lastNumber : undefined;
    this.numbers = SequenceNumbers.open(random, knobs.sequenceDigits, after);
    this.lastNumber = this.numbers.starting.toString();
    this.open = Object.freeze({
      ShardId: id,
      ...(parent ? { ParentShardId: parent.id } : {}),
      SequenceNumberRange: Object.freeze({ StartingSequenceNumber: this.lastNumber }),
    });
  }

  get parentId(): string | undefined {
    return this.open.ParentShardId;
  }

  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  get nextPosition(): number {
    return this.first + this.entries.length - this.head;
  }

  append(change: ItemChange): void {
    const { knobs, random, viewType, region } = this.around;
    this.lastNumber = this.numbers.next();
    this.lastReadableAt = Math.max(this.lastReadableAt, change.at + within(random, knobs.propagationMs));
    const record = streamRecord(change, viewType, {
      region,
      eventID: random.hex(32),
      sequenceNumber: this.lastNumber,
      creationMs: change.at + within(random, knobs.creationTimeJitterMs),
    });
    this.entries.push({ record, at: change.at, readableAt: this.lastReadableAt });
  }

  close(at: number): void {
    const { knobs, random } = this.around;
    const visibleAt = at + within(random, knobs.closingLagMs);
    this.closed = { at, visibleAt, omittedUntil: at + within(random, knobs.parentOmissionMs) };
    this.ended = Object.freeze({
      ...this.open,
      SequenceNumberRange: Object.freeze({
        ...this.open.SequenceNumberRange,
        EndingSequenceNumber: this.lastNumber,
      }),
    });
  }

  /** Whether the service has dropped this shard: it is not listed and cannot be read. */
  isGone(now: number): boolean {
    return this.closed !== undefined && now - this.closed.at > this.forgetAfterMs;
  }

  isListed(now: number): boolean {
    if (now < this.listedFrom || this.isGone(now)) return false;
    if (this.wasListed && now >= this.hidden.from && now < this.hidden.until) return false;
    return this.wasListed || !this.closed || now >= this.closed.omittedUntil;
  }

  /** The shard's entry in a listing; marks the shard as listed. */
  describe(now: number): ShardDescription {
    this.wasListed = true;
    return this.ended && this.closed && now >= this.closed.visibleAt ? this.ended : this.open;
  }

  /** Drops records past the retention. */
  trim(now: number): void {
    const horizon = now - this.around.trimAfterMs;
    let entry = this.entries[this.head];
    if (!entry || entry.at > horizon) return;
    while (entry && entry.at <= horizon) {
      this.lastTrimmedNumber = entry.record.dynamodb.SequenceNumber;
      this.emptyPages.delete(this.first);
      this.first++;
      this.head++;
      entry = this.entries[this.head];
    }
    if (this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
  }

  /** The position at or after a sequence number. @throws ServiceError TrimmedDataAccessException, ValidationException */
  positionOf(sequenceNumber: string, which: 'at' | 'after'): number {
    const starting = this.open.SequenceNumberRange.StartingSequenceNumber;
    const above = compareSequenceNumbers(sequenceNumber, this.lastNumber) > 0;
    if (compareSequenceNumbers(sequenceNumber, starting) < 0 || above) {
      throw new ServiceError(
        'ValidationException',
        `Invalid SequenceNumber: ${sequenceNumber} is not a sequence number of shard ${this.id}`,
      );
    }
    if (this.lastTrimmedNumber && compareSequenceNumbers(sequenceNumber, this.lastTrimmedNumber) <= 0) {
      if (this.around.knobs.silentTrim) return this.first;
      throw trimmed();
    }
    let low = this.head;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const number = (this.entries[middle] as Entry).record.dynamodb.SequenceNumber;
      const order = compareSequenceNumbers(number, sequenceNumber);
      if (order < 0 || (order === 0 && which === 'after')) low = middle + 1;
      else high = middle;
    }
    return this.first + low - this.head;
  }

  /**
   * Reads one page. `next` is absent exactly if the shard is closed and the page reaches its end.
   * @param fresh whether the iterator has not returned a record yet
   * @throws ServiceError TrimmedDataAccessException
   */
  read(
    position: Position,
    now: number,
    limit: number,
    fresh: boolean,
  ): { records: StreamRecord[]; next?: Position } {
    let at = position === 'horizon' ? this.first : position;
    if (at < this.first) {
      if (!this.around.knobs.silentTrim) throw trimmed();
      at = this.first;
    }
    const records: StreamRecord[] = [];
    let bytes = 0;
    let index = this.head + at - this.first;
    if (this.isReadable(index, now) && this.givesEmptyPage(position, fresh))
      return { records, next: position };
    for (; records.length < limit && this.isReadable(index, now); index++) {
      const { record } = this.entries[index] as Entry;
      bytes += record.dynamodb.SizeBytes;
      if (bytes > MEGABYTE && records.length > 0) break;
      records.push(record);
    }
    const next = at + records.length;
    const drained = this.closed && now >= this.closed.visibleAt && next >= this.nextPosition;
    return drained ? { records } : { records, next };
  }

  private isReadable(index: number, now: number): boolean {
    const entry = this.entries[index];
    return entry !== undefined && entry.readableAt <= now;
  }

  private givesEmptyPage(position: Position, fresh: boolean): boolean {
    const { knobs, random } = this.around;
    const kind = fresh ? knobs.emptyPagesBeforeData : knobs.falseEmptyPages;
    if (kind.probability === 0) return false;
    const given = this.emptyPages.get(position) ?? 0;
    if (given >= kind.most || !random.chance(kind.probability)) return false;
    this.emptyPages.set(position, given + 1);
    return true;
  }
}

const trimmed = (): ServiceError =>
  new ServiceError(
    'TrimmedDataAccessException',
    'The operation attempted to read past the oldest stream record in a shard.',
  );
