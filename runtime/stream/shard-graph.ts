import type { StreamPage, StreamRecord } from '../aws/services';
import type { ChildAnswer, Listing, ShardPage } from './arrivals';
import { type Completeness, withListing } from './complete-until';
import { Gap } from './gap';
import { adoptDescendants, byParent, handDown, newShard, rootsOf, withAdopted } from './lineage';
import { LISTING_LAG_MS } from './listing-lag';
import { OLDEST_AT_COMMIT_MS, OLDEST_BEFORE_READ_MS } from './oldest';
import { endedStage, idleAfter, isConfirmed, missingAfter, withIdleProof } from './shard-changes';
import { ShardDraft } from './shard-draft';
import { deserializeShard, hasSucceeded, isSameText, serializeShard, type ShardState } from './shard-state';
import { ShardTable } from './shard-table';
import { type KnownLineage, takeListing } from './take-listing';

export type { ChildAnswer, Listing, ShardPage } from './arrivals';
export type { ShardState } from './shard-state';

const MINUTE = 60_000;

/** How far S0 is before the listing that fixed the roots (rule A2). */
const STREAM_LEAD_MS = 5 * MINUTE;

/** The part of a graph in the checkpoint's head, as plain JSON. Times are epoch ms. */
export interface GraphHead {
  readonly s0: number;
  readonly listedAt: number;
  /** Not in checkpoints of 0.1.0. */
  readonly complete?: Completeness;
  readonly status: StreamPage['status'];
  /** Listed shards without a known parent → end of the first listing that showed them without it. */
  readonly orphans: Readonly<Record<string, number>>;
  /** For readers of the checkpoint; the graph computes it. */
  readonly watermark: number;
}

interface Content extends KnownLineage {
  readonly s0: number;
  readonly listedAt: number;
  readonly complete: Completeness;
  readonly status: StreamPage['status'];
}

/**
 * A generation's position in its stream: the lineage of shards, the position and watermark of each, and which shards to
 * read next. Immutable and without I/O. Every change returns a new graph, which takes effect when it is committed (rule
 * C1). Rules A1, A2, S1–S6, W1, G1.
 */
export class ShardGraph {
  private knownReadable: readonly ShardState[] | undefined;
  private knownNext: { readonly listing: Listing; readonly graph: ShardGraph } | undefined;

  private constructor(private readonly content: Content) {}

  /** A generation's first graph, from the listing that settled its roots (rule A1, `settleRoots`). */
  static start(roots: Listing): ShardGraph {
    const s0 = roots.startedAt - STREAM_LEAD_MS;
    const shards = rootsOf(roots.shards).map(({ id, parentId }) =>
      newShard({ id, parentId, depth: 0 }, { watermark: s0, prefixPassed: false }),
    );
    const { startedAt: listedAt, status } = roots;
    return new ShardGraph({
      s0,
      listedAt,
      complete: { until: listedAt, unconfirmed: [] },
      status,
      shards: ShardTable.of(shards),
      orphans: new Map(),
      children: new Map(),
    }).listed(roots);
  }

  /** Restores the graph from a checkpoint. @throws ShardStateUnreadable */
  static restore(head: GraphHead, rows: ReadonlyMap<string, string>): ShardGraph {
    const shards = [...rows].map(([id, row]) => deserializeShard(id, row, head.listedAt));
    return new ShardGraph({
      s0: head.s0,
      listedAt: head.listedAt,
      complete: head.complete ?? { until: head.listedAt - LISTING_LAG_MS, unconfirmed: [] },
      status: head.status,
      shards: ShardTable.of(shards),
      orphans: new Map(Object.entries(head.orphans)),
      children: byParent(shards),
    });
  }

  /** Records older than this are skipped as a prefix of their lineage (rule A2). Epoch ms. */
  get s0(): number {
    return this.content.s0;
  }

  /** Start of the last complete listing, epoch ms. */
  get listedAt(): number {
    return this.content.listedAt;
  }

  /** The stream's status in the last listing. */
  get status(): StreamPage['status'] {
    return this.content.status;
  }

  get shards(): ShardTable {
    return this.content.shards;
  }

  head(): GraphHead {
    const { s0, listedAt, complete, status, orphans } = this.content;
    const watermark = this.watermark();
    return { s0, listedAt, complete, status, orphans: Object.fromEntries(orphans), watermark };
  }

  /** The checkpoint rows of shards that differ from an earlier graph; `null`: the shard is forgotten. */
  changedSince(earlier: ShardGraph | undefined): ReadonlyMap<string, string | null> {
    const changes = new Map<string, string | null>();
    for (const { shard, before } of this.shards.changedSince(earlier?.shards)) {
      if (before && earlier && isSameText(before, earlier.listedAt, shard, this.listedAt)) continue;
      changes.set(shard.id, serializeShard(shard, this.listedAt));
    }
    if (earlier && earlier.listedAt !== this.listedAt) {
      // Seen open by the earlier listing but not by this one: their rows took that time from the head. See `serializeShard`.
      for (const shard of this.shards.values()) {
        if (shard.openSeenAt === earlier.listedAt)
          changes.set(shard.id, serializeShard(shard, this.listedAt));
      }
    }
    for (const id of this.shards.goneSince(earlier?.shards)) changes.set(id, null);
    return changes;
  }

  /** The graph after a complete listing: new children are known, ended shards with a child have succeeded (rules S3, W1). */
  listed(listing: Listing): ShardGraph {
    if (this.knownNext?.listing === listing) return this.knownNext.graph;
    const { s0, listedAt, complete } = this.content;
    const mayHaveLeft = (shard: ShardState) => this.mayHaveLeft(shard, listing.completedAt);
    const lineage = takeListing(this.content, listing, this.watermark(), mayHaveLeft);
    const graph = new ShardGraph({
      s0,
      listedAt: Math.max(listedAt, listing.startedAt),
      complete: withListing(complete, listing, lineage.orphans.size === 0),
      status: listing.status,
      ...lineage,
    });
    this.knownNext = { listing, graph };
    return graph;
  }

  /** The graph after an answer about one shard's children. They are known, but not listed or seen open (rule W1). */
  childrenSeen({ shards, answeredAt }: ChildAnswer): ShardGraph {
    const unknown = shards.filter(({ id }) => !this.shards.has(id));
    if (unknown.length === 0) return this;
    const draft = new ShardDraft(this.shards);
    const adopted = adoptDescendants(unknown, draft, this.watermark(), answeredAt);
    if (adopted.size === 0) return this;
    for (const id of adopted.keys()) {
      const parent = draft.get(id);
      if (parent?.stage === 'ended') draft.set(id, { ...parent, stage: endedStage(true) });
    }
    const children = withAdopted(this.content.children, adopted);
    const known = draft.finish(new Set());
    return new ShardGraph({ ...this.content, shards: known, children });
  }

  /** Ids of ended shards whose children are not known yet, if listings still show the shard (rule S3). */
  awaiting(): readonly string[] {
    const awaiting: string[] = [];
    for (const { id, missingSince } of this.shards.inStage('ended')) {
      if (missingSince === undefined) awaiting.push(id);
    }
    return awaiting;
  }

  /**
   * The graph after a page, and the records to keep: without those applied before (a renewed iterator may repeat some) and
   * without the prefix that rule A2 skips.
   * @throws RangeError if the shard is unknown or its parent is not applied to its end (rule S1): a bug in the caller
   */
  applied(page: ShardPage): { readonly graph: ShardGraph; readonly kept: readonly StreamRecord[] } {
    const shard = this.shards.get(page.shardId);
    // The reader found it gone only after the shard was forgotten, because listings lacked it.
    if (!shard && page.gone) return { graph: this, kept: [] };
    if (!shard) throw new RangeError(`a page of ${page.shardId} cannot be applied: the shard is unknown`);
    if (!this.mayBeRead(shard)) {
      throw new RangeError(`a page of ${page.shardId} cannot be applied before the end of its parent`);
    }
    const { position, prefixPassed, kept } = this.select(shard, page.records);
    const stage = page.ended ? endedStage(this.content.children.has(shard.id)) : shard.stage;
    const idleUntil = idleAfter(shard, page);
    const missingSince = missingAfter(shard, page);
    const isMoved = position !== shard.position || stage !== shard.stage;
    const isSeen = idleUntil !== shard.idleUntil || missingSince !== shard.missingSince;
    if (!isMoved && !isSeen) return { graph: this, kept };
    const watermark = Math.max(shard.watermark, kept.at(-1)?.createdAt ?? 0);
    const next = withIdleProof({
      ...shard,
      position,
      prefixPassed,
      watermark,
      idleUntil,
      stage,
      missingSince,
    });

    const changed = new Map([[shard.id, next]]);
    const get = (id: string) => changed.get(id) ?? this.shards.get(id);
    handDown(next, { get, set: (id, state) => void changed.set(id, state) }, this.content.children);
    return { graph: new ShardGraph({ ...this.content, shards: this.shards.with(changed) }), kept };
  }

  /** W (rule W1), epoch ms: everything written to the table before it has been applied. Never decreases. */
  watermark(): number {
    return Math.min(this.content.complete.until, this.shards.leastWatermark());
  }

  /** The shards to read now: those that have not ended and whose parent is applied to its end (rule S1). */
  readable(): readonly ShardState[] {
    this.knownReadable ??= [...this.shards.inStage('open')].filter((shard) => this.mayBeRead(shard));
    return this.knownReadable;
  }

  /** Whether the stream is disabled and completely applied: then waiting loses nothing, however long (rule G1). */
  drained(): boolean {
    if (this.status !== 'DISABLED') return false;
    return this.shards.inStage('open').next().done === true;
  }

  /** Check it before each read (rule G1). `now`: epoch ms on the service's clock. */
  gapBeforeRead(now: number): Gap | undefined {
    const tooOld = !this.drained() && now - this.watermark() > OLDEST_BEFORE_READ_MS;
    return tooOld ? new Gap('too old', this.watermark(), now) : undefined;
  }

  /**
   * Check it on the committed graph, or one derived from it, before committing a page (rule G1): if the shard was trimmed
   * meanwhile, the read may have skipped records silently.
   */
  gapAtCommit(page: ShardPage): Gap | undefined {
    const tooOld = page.receivedAt - this.watermark() > OLDEST_AT_COMMIT_MS;
    if (tooOld) return new Gap('too old', this.watermark(), page.receivedAt, page.shardId);
    const isLost = page.gone && !this.countsAsRead(page.shardId, page.receivedAt);
    return isLost ? new Gap('shard gone', this.watermark(), page.receivedAt, page.shardId) : undefined;
  }

  /** Rule A2 (a): whether a shard not found at `now`, though its stream exists, counts as read to its end instead of as a gap. */
  countsAsRead(shardId: string, now: number): boolean {
    const shard = this.shards.get(shardId);
    return shard?.stage !== 'open' || this.mayHaveLeft(shard, now);
  }

  /** Rule A2 (b): whether a shard whose position is trimmed at `now` may be read again from the trim horizon. */
  mayReadAgain(shardId: string, now: number): boolean {
    const shard = this.shards.get(shardId);
    return shard !== undefined && this.isBeforeS0(shard, now);
  }

  /**
   * Check it before applying a listing (rules G1, S3). A gap is: W too old for the listing to show every shard written to since; a
   * shard not read to its end that neither listings nor a read have shown for 60 s; a shard without a known parent for 60 s. One
   * listing alone may miss a shard.
   */
  gapInListing(listing: Listing): Gap | undefined {
    if (!this.drained() && listing.completedAt - this.watermark() > OLDEST_AT_COMMIT_MS)
      return new Gap('too old', this.watermark(), listing.completedAt, this.slowest());
    const { shards, orphans } = this.listed(listing).content;
    for (const { id, missingSince } of shards.inStage('open')) {
      if (isConfirmed(missingSince, listing)) {
        return new Gap('shard gone', this.watermark(), listing.startedAt, id);
      }
    }
    for (const [id, firstSeen] of orphans) {
      if (isConfirmed(firstSeen, listing)) return new Gap('orphan', this.watermark(), listing.startedAt, id);
    }
    return undefined;
  }

  /**
   * Whether a shard was added, forgotten, read to its end or advanced since, or the stream was turned off: readers and a restart need to
   * know.
   */
  movedOnSince(earlier: ShardGraph): boolean {
    if (this.status !== earlier.status || this.shards.size !== earlier.shards.size) return true;
    for (const { shard, before } of this.shards.changedSince(earlier.shards)) {
      if (before?.stage !== shard.stage || before.position !== shard.position) return true;
    }
    return false;
  }

  /** The shard that holds W back; `undefined` if W waits for a listing. */
  private slowest(): string | undefined {
    for (const shard of this.shards.values()) {
      if (!hasSucceeded(shard) && shard.watermark === this.watermark()) return shard.id;
    }
    return undefined;
  }

  /** Rule A2: whether everything of it that is gone or trimmed at `now` was written before S0. */
  private isBeforeS0({ prefixPassed }: ShardState, now: number): boolean {
    return !prefixPassed && now < this.s0 + OLDEST_AT_COMMIT_MS;
  }

  private mayHaveLeft(shard: ShardState, now: number): boolean {
    return shard.stage === 'open' && shard.openSeenAt === 0 && this.isBeforeS0(shard, now);
  }

  private mayBeRead(shard: ShardState): boolean {
    if (shard.depth === 0 || shard.parentId === undefined) return true;
    // A forgotten parent has succeeded.
    return this.shards.get(shard.parentId)?.stage !== 'open';
  }

  /** Rules S5 and A2: selects the new records, and of those the ones to keep. */
  private select(shard: ShardState, records: readonly StreamRecord[]) {
    let { prefixPassed, position } = shard;
    const kept: StreamRecord[] = [];
    let last = position === undefined ? undefined : BigInt(position);
    for (const record of records) {
      const sequenceNumber = BigInt(record.sequenceNumber);
      if (last !== undefined && sequenceNumber <= last) continue;
      last = sequenceNumber;
      position = record.sequenceNumber;
      if (!prefixPassed && record.createdAt < this.s0) continue;
      prefixPassed = true;
      kept.push(record);
    }
    return { position, prefixPassed, kept };
  }
}
