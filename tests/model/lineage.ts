import type { Rules } from './rules';
import type { Listed, Stream, Write } from './stream';
import { DAY, HOUR, MINUTE, SECOND } from './times';

/** A complete listing, with pages of any times from `startedAt` to `completedAt`. */
export interface Listing {
  readonly kind: 'listing';
  readonly startedAt: number;
  readonly completedAt: number;
  readonly shards: ReadonlyMap<string, Listed>;
}

export interface Children {
  readonly kind: 'children';
  readonly answeredAt: number;
  readonly shards: readonly Listed[];
}

export interface Page {
  readonly kind: 'page';
  readonly shardId: string;
  readonly records: readonly Write[];
  /** Index of the record after these. */
  readonly next: number;
  readonly ended: boolean;
  /** The shard was not found, though its stream exists. */
  readonly gone: boolean;
  readonly requestedAt: number;
  /** Requested while no listing was under way: every listing that lacked the shard had ended. */
  readonly betweenListings: boolean;
  readonly receivedAt: number;
  readonly idleSince: number | undefined;
}

export type GapReason = 'too old' | 'shard gone' | 'trimmed' | 'orphan' | 'stream gone' | 'other stream';

/** A shard in the checkpoint. Times are epoch ms. */
interface ShardState {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly isRoot: boolean;
  /** A listing that begins after this time lacks it only if it is hidden or gone. */
  readonly knownSince: number;
  endedAt: number | undefined;
  hasChild: boolean;
  next: number | undefined;
  watermark: number;
  /** Whether a record of its lineage was kept. */
  kept: boolean;
  openSeenAt: number;
  missingSince: number | undefined;
}

/** How often a run reached what. */
export interface Reached {
  goneBeforeS0: number;
  readAgain: number;
  /** A listing lacked a shard that was read. */
  disproved: number;
}

/** A1: the two listings combined, if they settle the roots. S0 follows from the start of the earlier one. */
export function settled(earlier: Listing, later: Listing, rules: Rules): Listing | undefined {
  const isAlone = rules.roots !== 'of two listings together';
  const shards = isAlone ? later.shards : new Map([...earlier.shards, ...later.shards]);
  const areShown = rootsOf(shards).every(({ id }) => earlier.shards.has(id));
  if (rules.earlierShowedEach && !areShown) return undefined;
  if (later.completedAt - earlier.startedAt > rules.settleWithinMs) return undefined;
  return { ...later, startedAt: earlier.startedAt, shards };
}

function rootsOf(shards: ReadonlyMap<string, Listed>): Listed[] {
  return [...shards.values()].filter(({ parentId }) => parentId === undefined || !shards.has(parentId));
}

/** A generation's position in its stream, as in the checkpoint. */
export class Lineage {
  readonly s0: number;
  /** W1: every shard created before this time is known. */
  private completeUntil: number;
  /** Listings not yet confirmed by a later one. */
  private unconfirmed: readonly Pick<Listing, 'startedAt' | 'completedAt'>[] = [];
  private shards = new Map<string, ShardState>();
  private orphans = new Map<string, number>();

  constructor(
    readonly stream: Stream,
    roots: Listing,
    private readonly rules: Rules,
    readonly reached: Reached,
  ) {
    this.s0 = roots.startedAt - 5 * MINUTE;
    this.completeUntil = roots.startedAt;
    for (const listed of rootsOf(roots.shards)) this.add(listed, undefined, roots.startedAt);
    this.adopt([...roots.shards.values()], roots.startedAt);
    this.see(roots);
  }

  /** A copy for a transaction to change. */
  copy(): Lineage {
    const copy = Object.create(Lineage.prototype) as Lineage;
    const shards = new Map([...this.shards].map(([id, shard]) => [id, { ...shard }]));
    return Object.assign(copy, this, { shards, orphans: new Map(this.orphans) });
  }

  /** W1. */
  watermark(): number {
    let least = this.completeUntil;
    for (const shard of this.shards.values()) {
      if (!this.hasSucceeded(shard)) least = Math.min(least, shard.watermark);
    }
    return least;
  }

  /** S1. */
  readable(): ShardState[] {
    return [...this.shards.values()].filter(({ endedAt, isRoot, parentId }) => {
      const parent = isRoot || parentId === undefined ? undefined : this.shards.get(parentId);
      return (
        endedAt === undefined && (!this.rules.childAfterParent || !parent || parent.endedAt !== undefined)
      );
    });
  }

  /** S3: shards whose children to ask for. */
  awaiting(): ShardState[] {
    return [...this.shards.values()].filter(
      (shard) => shard.endedAt !== undefined && !this.hasSucceeded(shard),
    );
  }

  position(id: string): number | undefined {
    return this.shards.get(id)?.next;
  }

  /** G1, before a read. */
  isTooOld(now: number): boolean {
    return this.rules.ageBeforeRead && now - this.watermark() > 23 * HOUR;
  }

  /** A2: whether everything of this shard that is gone or trimmed now was written before S0. */
  wasBeforeS0(id: string, now: number): boolean {
    const { beforeS0Of, beforeS0ForMs } = this.rules;
    if (now >= this.s0 + beforeS0ForMs) return false;
    if (beforeS0Of !== 'nothing kept') return beforeS0Of === 'all';
    return this.shards.get(id)?.kept === false;
  }

  takeListing(listing: Listing): GapReason | undefined {
    if (this.isTooOldAtCommit(listing.completedAt)) return 'too old';
    this.adopt([...listing.shards.values()], listing.startedAt);
    this.see(listing);
    const orphan = this.seeOrphans(listing);
    this.confirm(listing);
    for (const shard of this.shards.values()) {
      const isMissing = isFor(shard.missingSince, listing, this.rules.goneAfterMs);
      if (shard.endedAt !== undefined || !isMissing) continue;
      if (!this.wasBeforeS0(shard.id, listing.completedAt) || this.sawOpen(shard)) return 'shard gone';
      this.endAsGone(shard, listing.completedAt);
    }
    return orphan;
  }

  /** W1: one of two children may be hidden, so this does not count as a listing. */
  takeChildren({ shards, answeredAt }: Children): void {
    this.adopt(shards, answeredAt);
    if (this.rules.childAnswer === 'moves the listing') {
      this.completeUntil = Math.max(this.completeUntil, answeredAt - MINUTE);
    }
  }

  /** Returns the records to apply. */
  takePage(page: Page): readonly Write[] | GapReason {
    if (this.isTooOldAtCommit(page.receivedAt)) return 'too old';
    const shard = this.shards.get(page.shardId)!;
    if (page.gone) {
      if (shard.endedAt !== undefined) return [];
      if (!this.wasBeforeS0(shard.id, page.receivedAt) || this.sawOpen(shard)) return 'shard gone';
      this.endAsGone(shard, page.receivedAt);
      return [];
    }
    if (this.rules.readDisproves && page.requestedAt >= (shard.missingSince ?? Infinity)) {
      shard.missingSince = undefined;
      this.reached.disproved += 1;
    }
    const kept: Write[] = [];
    const first = page.next - page.records.length;
    for (const [index, record] of page.records.entries()) {
      if (first + index < (shard.next ?? 0)) continue;
      if (record.createdAt < this.s0 && !shard.kept) continue;
      shard.kept = true;
      shard.watermark = Math.max(shard.watermark, record.createdAt);
      kept.push(record);
    }
    if (page.next > 0) shard.next = Math.max(shard.next ?? 0, page.next);
    if (page.idleSince !== undefined) {
      const proven = page.idleSince - 2 * SECOND;
      shard.watermark = Math.max(shard.watermark, Math.min(proven, shard.openSeenAt - MINUTE));
    }
    if (page.ended) shard.endedAt ??= page.receivedAt;
    this.handDown(shard);
    return kept;
  }

  /** Writes that this lineage has read or counts as read, without skipped ones; also those that the stream missed while it was off. */
  mustHave(before: number): Write[] {
    const { missed, shards } = this.stream;
    const all = [...[...shards.values()].flatMap(({ records }) => records), ...missed];
    return all.filter(({ at, createdAt }) => createdAt >= this.s0 && at < before);
  }

  private confirm(listing: Listing): void {
    const { startedAt, shards } = listing;
    const isOff = [...shards.values()].every(({ closed }) => closed);
    if (isOff && this.rules.completeWhenOff === 'does not count') return;
    if (this.rules.complete === 'one listing') {
      this.completeUntil = Math.max(this.completeUntil, startedAt - MINUTE);
      return;
    }
    if (this.orphans.size > 0 && !this.rules.completeWithOrphans) {
      this.unconfirmed = [];
      return;
    }
    const isConfirmed = ({ completedAt }: { completedAt: number }) => startedAt - completedAt >= MINUTE;
    for (const earlier of this.unconfirmed.filter(isConfirmed)) {
      this.completeUntil = Math.max(this.completeUntil, earlier.startedAt);
    }
    this.unconfirmed = [...this.unconfirmed.filter((earlier) => !isConfirmed(earlier)), listing];
  }

  private isTooOldAtCommit(receivedAt: number): boolean {
    return this.rules.ageAtCommit && receivedAt - this.watermark() > DAY - MINUTE;
  }

  /** If a shard was written to only before S0, its children may have left before it. */
  private hasSucceeded({ endedAt, hasChild, kept }: ShardState): boolean {
    if (endedAt === undefined) return false;
    return hasChild || (!kept && this.rules.succeeds === 'with a child, or nothing kept');
  }

  /** Whether it was open when the roots were settled or later, and so cannot be gone yet. */
  private sawOpen({ openSeenAt }: ShardState): boolean {
    return openSeenAt > 0;
  }

  private add({ id, parentId }: Listed, parent: ShardState | undefined, knownSince: number): void {
    this.shards.set(id, {
      id,
      parentId,
      isRoot: parent === undefined,
      knownSince,
      endedAt: undefined,
      hasChild: false,
      next: undefined,
      watermark: parent?.watermark ?? this.s0,
      kept: parent?.kept ?? false,
      openSeenAt: 0,
      missingSince: undefined,
    });
    if (parent) parent.hasChild = true;
  }

  /** The parent of a root stays an orphan, as its child was not read after it. */
  private adopt(listed: readonly Listed[], knownSince: number): void {
    const least = this.watermark();
    const parentsOfRoots = new Set(
      [...this.shards.values()].filter(({ isRoot }) => isRoot).map((s) => s.parentId),
    );
    for (let more = true; more; ) {
      more = false;
      for (const shard of listed) {
        const parent = shard.parentId === undefined ? undefined : this.shards.get(shard.parentId);
        if (!parent || this.shards.has(shard.id) || parentsOfRoots.has(shard.id)) continue;
        this.add(shard, parent, knownSince);
        const child = this.shards.get(shard.id)!;
        child.watermark = Math.max(child.watermark, least);
        more = true;
      }
    }
  }

  private see({ startedAt, completedAt, shards }: Listing): void {
    for (const shard of this.shards.values()) {
      const seen = shards.get(shard.id);
      if (seen) {
        shard.missingSince = undefined;
        if (!seen.closed) shard.openSeenAt = Math.max(shard.openSeenAt, startedAt);
      } else if (startedAt >= shard.knownSince) shard.missingSince ??= completedAt;
    }
  }

  private endAsGone(shard: ShardState, at: number): void {
    shard.endedAt = at;
    if (this.rules.watermarkOfGone === 'now') shard.watermark = Math.max(shard.watermark, at);
    this.handDown(shard);
    this.reached.goneBeforeS0 += 1;
  }

  /** S3. */
  private seeOrphans(listing: Listing): GapReason | undefined {
    const ancestors = new Set<string>();
    for (const { isRoot, parentId } of this.shards.values()) if (!isRoot && parentId) ancestors.add(parentId);
    const before = this.orphans;
    this.orphans = new Map();
    for (const { id, parentId } of listing.shards.values()) {
      if (this.shards.has(id) || ancestors.has(id)) continue;
      // While its parent is listed, its grandparent is the missing one.
      const isTopmost = parentId === undefined || !listing.shards.has(parentId);
      if (!isTopmost && this.rules.orphans === 'topmost') continue;
      const since = before.get(id);
      if (isFor(since, listing, MINUTE)) return 'orphan';
      this.orphans.set(id, since ?? listing.completedAt);
    }
    return undefined;
  }

  private handDown(parent: ShardState): void {
    for (const child of this.shards.values()) {
      if (child.parentId !== parent.id || child.isRoot) continue;
      const watermark = Math.max(child.watermark, parent.watermark);
      const kept = child.kept || parent.kept;
      if (watermark === child.watermark && kept === child.kept) continue;
      Object.assign(child, { watermark, kept });
      this.handDown(child);
    }
  }
}

function isFor(since: number | undefined, listing: Listing, ms: number): boolean {
  return since !== undefined && listing.startedAt - since >= ms;
}
