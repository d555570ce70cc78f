import type { Random } from '../../simulator/random';
import type { Destination } from './destination';
import { Broken } from './destination';
import { Lineage, settled } from './lineage';
import type { Children, GapReason, Listing, Page, Reached } from './lineage';
import { planHeal } from './heal';
import type { Rules } from './rules';
import type { Source, Table } from './source';
import type { Listed, Stream, Write } from './stream';
import { DAY, HOUR, MINUTE, SECOND } from './times';

interface Reader {
  next: number | undefined;
  emptySince: number[];
}

interface Listened {
  readonly startedAt: number;
  readonly after: string | undefined;
  readonly shards: Map<string, Listed>;
}

/** Why a generation begins. */
type Reason = GapReason | 'first' | 'resync' | 'another table';

export interface Tally extends Reached {
  published: number;
  resyncs: number;
  /** Resyncs with which the visible table went on, published. */
  plannedResyncs: number;
  healed: number;
  /** Gaps while a heal ran. */
  gapsInHeal: number;
  /** Keys that a heal read again, and those that were gone. */
  reread: number;
  rereadAbsent: number;
  unsettled: number;
  readonly gaps: Map<GapReason, number>;
}

/** How the replicator of a run is used. */
export interface Habits {
  /** A gap after the publish is healed, and a resync lets the visible table go on (G3, P3). */
  readonly heals: boolean;
  /** The longest window of a heal's exports, ms. */
  readonly longestWindowMs: number;
}

/** One process that follows the rules. It may crash anywhere, and another may replace it while it still runs. */
export class Replicator {
  isAlive = false;
  private epoch = 0;
  /** The lineage after everything read and listed. */
  private generation = 0;
  private begins: Reason | undefined;
  private settling: Stream | undefined;
  private earlier: Listing | undefined;
  private listing: Listened | undefined;
  private queue: (Listing | Children | Page)[] = [];
  private readers = new Map<string, Reader>();

  constructor(
    private readonly number: 0 | 1,
    private readonly source: Source,
    private readonly destination: Destination,
    private readonly rules: Rules,
    private readonly random: Random,
    private readonly tally: Tally,
    private readonly habits: Habits,
  ) {}

  get isFenced(): boolean {
    return this.epoch !== this.destination.epoch;
  }

  start(): void {
    this.isAlive = true;
    this.epoch = ++this.destination.epoch;
    this.forget();
  }

  crash(): void {
    this.isAlive = false;
  }

  step(): void {
    const { checkpoint } = this.destination;
    if (checkpoint.phase === 'none') this.begins ??= 'first';
    if (this.source.isGone && this.random.chance(0.3)) return this.missTable(this.rules.goneTable);
    if (this.begins) return this.begin(this.begins);
    if (checkpoint.table !== this.source.table) return this.endWith('another table');
    const { lineage } = checkpoint;
    if (!lineage) return;
    if (this.generation !== checkpoint.generation) this.forget();
    if (lineage.stream !== this.source.table.stream && this.random.chance(0.3))
      return this.gap('other stream');
    if (this.random.chance(0.2)) this.askForChildren(lineage);
    const dice = this.random.next();
    if (dice < 0.45) this.read(lineage);
    else if (dice < 0.68) this.list(lineage);
    else if (dice < 0.85) this.commit(lineage);
    else this.carryOn();
  }

  /** G1: waits, as if it had not begun. */
  private missTable(what: 'is waited for' | 'ends it'): void {
    this.forget();
    if (what === 'ends it') this.source.isGivenUp = true;
  }

  /** A1. */
  private begin(reason: Reason): void {
    const { source, rules } = this;
    if (source.isGone) return;
    const { table } = source;
    if (!this.destination.fits(table) && rules.otherKey !== 'is ignored') {
      this.destination.isInTheWay = true;
      return this.missTable(rules.otherKey);
    }
    const { stream } = table;
    if (stream !== this.settling) {
      this.earlier = this.listing = undefined;
      this.settling = stream;
    }
    if (stream.disabledAt !== undefined || source.now - stream.createdAt < 5 * MINUTE) return;
    const isTooSoon = this.earlier && source.now - this.earlier.completedAt < rules.settleMs;
    if (isTooSoon && !this.listing) return;
    const listing = this.nextPage(stream);
    if (!listing) return;
    const { earlier } = this;
    this.earlier = listing;
    if (rules.roots !== 'of one listing' && !earlier) return;
    const roots = settled(earlier ?? listing, listing, rules);
    if (!roots) return void (this.tally.unsettled += 1);
    this.transact(() => {
      stream.counted(listing.shards.keys(), listing.startedAt);
      const heals = this.mayHeal(reason, table);
      this.destination.begin(table, new Lineage(stream, roots, rules, this.tally), heals);
      if (reason === 'resync') this.tally.resyncs += 1;
      this.forget();
    });
  }

  private list({ stream }: Lineage): void {
    if (!stream.exists) return this.gap('stream gone');
    const listing = this.nextPage(stream);
    if (listing) this.queue.push(listing);
  }

  /** Returns a listing when its last page has arrived. Anything may happen between two pages. */
  private nextPage(stream: Stream): Listing | undefined {
    const { source, random } = this;
    do {
      this.listing ??= { startedAt: source.now, after: undefined, shards: new Map() };
      const { startedAt, shards, after } = this.listing;
      const page = stream.page(after, source.calm ? 100 : random.integer(1, 8));
      for (const shard of page.shards) shards.set(shard.id, shard);
      this.listing = { startedAt, shards, after: page.last };
      source.now += random.integer(0, 1_500);
      if (!page.last) {
        this.listing = undefined;
        return { kind: 'listing', startedAt, completedAt: source.now, shards };
      }
    } while (random.chance(0.7));
    return undefined;
  }

  private askForChildren(lineage: Lineage): void {
    const awaiting = lineage.awaiting();
    if (awaiting.length === 0) return;
    const shards = lineage.stream.childrenOf(this.random.pick(awaiting).id);
    this.queue.push({ kind: 'children', answeredAt: this.source.now, shards });
    this.source.now += this.random.integer(0, 400);
  }

  private read(lineage: Lineage): void {
    const { source, random, rules } = this;
    const isQueuedToItsEnd = (id: string) =>
      this.queue.some((page) => page.kind === 'page' && page.shardId === id && (page.ended || page.gone));
    const shards = lineage.readable().filter(({ id }) => !isQueuedToItsEnd(id));
    if (shards.length === 0) return;
    const shardId = random.pick(shards).id;
    if (lineage.isTooOld(source.now)) return this.gap('too old');
    if (!source.calm && random.chance(0.01)) source.now += random.pick([HOUR / 2, 2 * HOUR, 25 * HOUR]);
    const reader = this.readers.get(shardId) ?? { next: lineage.position(shardId), emptySince: [] };
    this.readers.set(shardId, reader);
    const requestedAt = source.now;
    const answer = lineage.stream.read(shardId, reader.next, random.integer(1, 6), this.number);
    if (answer === 'trimmed') {
      if (!lineage.wasBeforeS0(shardId, source.now)) return this.gap('trimmed');
      reader.next = undefined;
      this.tally.readAgain += 1;
      return;
    }
    source.now += random.integer(0, 400);
    const times = { requestedAt, betweenListings: this.listing === undefined, receivedAt: source.now };
    if (answer === 'gone') {
      if (!lineage.stream.exists) return this.gap('stream gone');
      const nothing = { records: [], next: 0, ended: false, idleSince: undefined };
      this.queue.push({ kind: 'page', shardId, ...nothing, gone: true, ...times });
      return;
    }
    const { records, next, ended } = answer;
    reader.next = next;
    reader.emptySince = records.length > 0 ? [] : [...reader.emptySince, requestedAt];
    const empties = reader.emptySince.slice(-rules.emptyAnswers);
    const idleSince = empties.length === rules.emptyAnswers ? empties[0] : undefined;

    this.queue.push({ kind: 'page', shardId, records, next, ended, gone: false, ...times, idleSince });
  }

  private commit(before: Lineage): void {
    const lineage = before.copy();
    const kept: Write[] = [];
    const queue = this.queue.splice(0);
    for (const arrival of queue) {
      if (arrival.kind === 'children') lineage.takeChildren(arrival);
      else if (arrival.kind === 'listing') {
        const reason = lineage.takeListing(arrival);
        if (reason) return this.gap(reason);
      } else {
        const writes = lineage.takePage(arrival);
        if (typeof writes === 'string') return this.gap(writes);
        kept.push(...writes);
      }
    }
    this.transact(() => {
      for (const arrival of queue) {
        if (arrival.kind === 'listing') lineage.stream.counted(arrival.shards.keys(), arrival.startedAt);
        if (arrival.kind === 'page' && !arrival.gone && arrival.betweenListings)
          lineage.stream.counted([arrival.shardId], arrival.requestedAt);
      }
      this.destination.commit(lineage, kept);
    });
  }

  /** G3: whether the generation that begins for this reason heals. A gap before a publish is one of the load. */
  private mayHeal(reason: Reason, table: Table): boolean {
    if (!this.habits.heals || reason === 'resync') return false;
    const { phase } = this.destination.checkpoint;
    return phase !== 'load' && this.destination.healableSince(table) !== undefined;
  }

  /** A3, P1, P2, G3, G4: the next step of a load or a heal, or occasionally a resync. */
  private carryOn(): void {
    const { destination, source, random, habits } = this;
    const { phase, feeds, token, lineage, generation } = destination.checkpoint;
    const mayResync = phase === 'stream' || (feeds && random.chance(0.1));
    if (mayResync && !source.calm && random.chance(0.1)) {
      if (!habits.heals) return this.endWith('resync');
      return this.transact(() => {
        destination.beginResync();
        this.tally.resyncs += 1;
        this.generation = destination.checkpoint.generation;
      });
    }
    if (phase === 'stream' || !lineage) return;
    if (!token) return this.transact(() => destination.note({ token: `${generation}-${random.hex(8)}` }));
    if (phase === 'heal') this.heal(lineage, token);
    else this.load(lineage, token);
  }

  /** A3, P1, P2. */
  private load(lineage: Lineage, token: string): void {
    const { destination, source, rules } = this;
    const { export: running, feeds, openedAt } = destination.checkpoint;
    if (!running) {
      if (source.isGone) return;
      const opened = feeds ? (openedAt ?? Infinity) : -Infinity;
      // T may be as early as the second.
      if (Math.floor(source.now / SECOND) * SECOND < opened + rules.resyncAfterMs) return;
      const started = source.requestExport(token);
      return this.transact(() => destination.note({ export: started }));
    }
    if (running.table !== destination.checkpoint.table) return this.endWith('another table');
    if (source.now < running.completedAt) return;
    const files = Array.from({ length: running.files }, (_, file) => file);
    const file = this.nextFile(files, String);
    if (file !== undefined)
      return this.transact(() => destination.load(file, source.exportedIn(running, file)));
    if (rules.publishWaits && lineage.watermark() < running.time + 62_000) return;
    this.transact(() => {
      destination.publish();
      this.tally.published += 1;
      if (feeds) this.tally.plannedResyncs += 1;
    });
  }

  /** G3, G4. */
  private heal(lineage: Lineage, token: string): void {
    const { destination, source, rules } = this;
    const { heal, incrementals, reread, table } = destination.checkpoint;
    if (source.isGone) return;
    if (table !== source.table) return this.endWith('another table');
    if (!heal) {
      const since = destination.healableSince(table)!;
      const until = Math.floor(source.now / SECOND) * SECOND - rules.healEndsBeforeMs;
      const plan = planHeal(since, until, this.habits.longestWindowMs, rules);
      return this.transact(() => destination.note({ heal: plan }));
    }
    const window = heal.windows[incrementals.length];
    if (window) {
      const started = source.requestIncremental(`${token}-${incrementals.length}`, window);
      return this.transact(() => destination.note({ incrementals: [...incrementals, started] }));
    }
    const ready = incrementals.flatMap((each, index) =>
      source.now < each.completedAt
        ? []
        : Array.from({ length: each.files }, (_, file) => ({ each, window: index, file })),
    );
    const next = this.nextFile(ready, (part) => `${part.window}/${part.file}`);
    if (next) {
      const lines = source.changesIn(next.each, next.file);
      return this.transact(() => destination.stage(next.window, next.file, lines));
    }
    const isComplete = incrementals.every(({ completedAt }) => source.now >= completedAt);
    if (!isComplete && rules.healWaitsForWindows) return;
    if (!reread) {
      const keys = destination.toReadAgain();
      const absent = new Set(keys.filter((key) => source.present(key) === undefined));
      this.tally.reread += keys.length;
      this.tally.rereadAbsent += absent.size;
      const at = source.now;
      source.now += this.random.integer(0, 2 * SECOND);
      return this.transact(() => destination.note({ reread: { at, absent } }));
    }
    const passed = Math.max(heal.until + 62_000, reread.at + 2_000);
    if (rules.healWaitsForW && lineage.watermark() < passed) return;
    this.transact(() => {
      destination.publishHeal();
      this.tally.healed += 1;
    });
  }

  /** P1: a file that the ledger lacks, in any order. */
  private nextFile<File>(files: readonly File[], nameOf: (file: File) => string): File | undefined {
    const { destination, random, rules } = this;
    const left = files.filter((file) => !destination.ledger.has(nameOf(file)));
    const candidates = rules.ledger || left.length === 0 || random.chance(0.8) ? left : files;
    return candidates.length === 0 ? undefined : random.pick(candidates);
  }

  /** C1, C2: all or nothing, and nothing by a process that was replaced. */
  private transact(change: () => void): void {
    const crashes = () => !this.source.calm && this.random.chance(0.02);
    if (crashes() || (this.rules.fencing && this.isFenced)) return this.crash();
    change();
    if (crashes()) this.crash();
  }

  private gap(reason: GapReason): void {
    const { lineage } = this.destination.checkpoint;
    this.tally.gaps.set(reason, (this.tally.gaps.get(reason) ?? 0) + 1);
    if (this.destination.checkpoint.phase === 'heal') this.tally.gapsInHeal += 1;
    if (lineage && !this.isFenced && reason !== 'too old') this.assertLost(lineage, reason);
    // P3: the visible table has followed until here, so that it is healed instead of loaded. The gap is found again.
    if (this.destination.checkpoint.feeds) {
      this.forget();
      return this.transact(() => this.destination.abandonResync());
    }
    this.endWith(reason);
  }

  /** G1, A2: a reported gap must be real: something that counts is no longer readable, or may not be. */
  private assertLost(lineage: Lineage, reason: GapReason): void {
    if (reason === 'other stream' || reason === 'stream gone') return;
    const { now } = this.source;
    if (now >= lineage.s0 + DAY - MINUTE) return;
    throw new Broken(`no gap: ${reason}`);
  }

  private endWith(reason: Reason): void {
    this.forget();
    this.begins = reason;
  }

  private forget(): void {
    this.generation = this.destination.checkpoint.generation;
    this.begins = undefined;
    this.earlier = undefined;
    this.listing = undefined;
    this.queue = [];
    this.readers = new Map();
  }
}
