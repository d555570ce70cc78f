import assert from 'node:assert/strict';
import type { Gap } from '../../../runtime/stream/gap';
import type { ListedShard } from '../../../runtime/aws/services';
import { takenTogether } from '../../../runtime/stream/listing';
import {
  ShardGraph,
  type GraphHead,
  type Listing,
  type ShardPage,
} from '../../../runtime/stream/shard-graph';
import { progress } from '../../tiers/progress';
import { HOUR, MINUTE, SECOND } from './arrivals';
import type { Mutation, Outcome, Step } from './replica-steps';
import { KEYS, SourceModel, type Write } from './source-model';

const PAUSES = [200, 2 * SECOND, 20 * SECOND, 70 * SECOND, 10 * MINUTE, 2 * HOUR];

/** The progress of a listing. */
interface Pages {
  readonly startedAt: number;
  readonly last: string | undefined;
  readonly shards: ListedShard[];
}

interface Reader {
  /** `undefined`: the trim horizon. */
  next: number | undefined;
  empties: number[];
}

/**
 * A minimal replicator around a ShardGraph. It reads, lists, commits and crashes in any order. After each commit it checks
 * that W is not ahead of the applied writes, and that each write is applied once and in its key's order; at the end, that none
 * was lost.
 */
export class ReplicaModel {
  private readonly source: SourceModel;
  private graph: ShardGraph | undefined;
  private head: GraphHead | undefined;
  private lines = new Map<string, string>();
  private settling: Listing | undefined;
  private pages:
    | { readonly startedAt: number; readonly last: string; readonly shards: ListedShard[] }
    | undefined;
  private queue: (ShardPage | Listing)[] = [];
  private readers = new Map<string, Reader>();
  private readonly applied = new Set<number>();
  private readonly lastOfKey = new Array<number>(KEYS).fill(-1);
  private watermark = -Infinity;
  private choices = 0;

  constructor(
    private readonly steps: readonly Step[],
    private readonly mutation: Mutation = {},
  ) {
    this.source = new SourceModel(Date.UTC(2026, 0, 5, 12), (n) => this.choose(n));
  }

  /** @throws AssertionError if a rule's promise is broken */
  run(): Outcome {
    progress();
    for (const step of this.steps) {
      this.choices = step.other;
      if (this.step(step) === 'gap') return 'gap';
    }
    return this.catchUp();
  }

  /** The second number of a step determines all choices inside it. */
  private choose(n: number): number {
    this.choices = (Math.imul(this.choices, 1103515245) + 12345) >>> 0;
    return (this.choices >>> 8) % n;
  }

  private step({ what, one, other }: Step): 'gap' | undefined {
    const { source } = this;
    switch (what) {
      case 'pass':
        source.now += 1 + this.choose(PAUSES[one % PAUSES.length]!);
        return;
      case 'leap':
        source.now += (1 + (one % 26)) * HOUR;
        return;
      case 'write':
        for (let count = 1 + (other % 3); count > 0; count--) {
          source.now += this.choose(40);
          source.write((one + this.choose(2)) % KEYS);
        }
        return;
      case 'roll':
      case 'split':
        source.roll(one, what === 'split');
        return;
      case 'list':
        return void this.list();
      case 'read':
        return this.read(one, other);
      case 'commit':
        return this.commit();
      case 'crash':
        return this.restart();
      case 'renew':
        return this.renew(one);
    }
  }

  private list(): void {
    const listed = this.nextPage();
    if (!listed) return;
    const listing = this.mutation.listing?.(listed) ?? listed;
    if (this.graph) this.queue.push(listing);
    else this.settle(listing);
  }

  /** Returns the listing when its last page has arrived. */
  private nextPage(): Listing | undefined {
    const { source } = this;
    const begun: Pages = this.pages ?? { startedAt: source.now, last: undefined, shards: [] };
    const { startedAt, last: after, shards } = begun;
    const page = source.page(after, source.calm ? 1_000 : 1 + this.choose(6));
    shards.push(...page.shards);
    source.now += this.choose(800);
    this.pages = page.last === undefined ? undefined : { startedAt, last: page.last, shards };
    if (this.pages) return this.choose(4) > 0 ? this.nextPage() : undefined;
    const completedAt = source.now;
    const rest = { streamArn: 'arn', status: 'ENABLED', viewType: 'NEW_IMAGE' } as const;
    return { kind: 'listing', startedAt, completedAt, shards, ...rest };
  }

  private settle(listing: Listing): void {
    const earlier = this.mutation.rootsAtOnce ? listing : this.settling;
    const isLate = this.mutation.rootsAtOnce || !earlier || listing.startedAt - earlier.completedAt >= MINUTE;
    if (!isLate) return;
    this.settling = listing;
    const roots = earlier && takenTogether(earlier, listing);
    if (!roots) return;
    this.graph = ShardGraph.start(roots);
    this.source.counted(listing);
    this.store(this.graph, undefined);
  }

  private read(which: number, pause: number): 'gap' | undefined {
    const { graph, source } = this;
    const readable = graph?.readable() ?? [];
    const shard = readable[which % readable.length];
    if (!graph || !shard) return;
    if (
      this.queue.some((arrival) => arrival.kind === 'page' && arrival.shardId === shard.id && arrival.ended)
    )
      return;
    if (!this.mutation.withoutAge && graph.gapBeforeRead(source.now)) return 'gap';
    if (pause % 97 === 0) source.now += (1 + (pause % 25)) * HOUR;
    const reader = this.readers.get(shard.id) ?? this.openReader(shard.id, shard.position);
    const requestedAt = source.now;
    if (source.isGone(shard.id)) return this.endAsGone(graph, shard.id);
    const answer = source.read(shard.id, reader.next);
    if (answer === 'trimmed') {
      reader.next = undefined;
      return graph.mayReadAgain(shard.id, source.now) ? undefined : 'gap';
    }
    const { records, next, ended } = answer;
    source.now += this.choose(400);
    reader.next = next;
    reader.empties = records.length === 0 ? [...reader.empties, requestedAt] : [];
    const { answers, which: counts } = this.mutation.idle ?? { answers: 3, which: 'first' };
    const idle = reader.empties.slice(-answers);
    const page: ShardPage = {
      kind: 'page',
      shardId: shard.id,
      records,
      ended,
      requestedAt,
      receivedAt: source.now,
      idleSince: idle.length === answers ? idle.at(counts === 'first' ? 0 : -1) : undefined,
      bytes: 0,
    };
    this.queue.push(this.mutation.page?.(page) ?? page);
    source.now += this.choose(400);
    return;
  }

  private endAsGone(graph: ShardGraph, shardId: string): 'gap' | undefined {
    const { now } = this.source;
    if (!graph.countsAsRead(shardId, now)) return 'gap';
    const nothing = { records: [], idleSince: undefined, bytes: 0, requestedAt: now, receivedAt: now };
    this.queue.push({ kind: 'page', shardId, ...nothing, ended: true, gone: true });
    return undefined;
  }

  private openReader(id: string, position: string | undefined): Reader {
    const writes = this.source.shards.get(id)?.writes ?? [];
    const next =
      position === undefined ? undefined : writes.findIndex((w) => w.sequenceNumber === position) + 1;
    const reader: Reader = { next, empties: [] };
    this.readers.set(id, reader);
    return reader;
  }

  /** Renews an iterator at the committed position although later pages are queued: they will be repeated. */
  private renew(which: number): undefined {
    const readable = this.graph?.readable() ?? [];
    const shard = readable[which % readable.length];
    if (shard) this.readers.delete(shard.id);
  }

  private commit(): 'gap' | undefined {
    const before = this.graph;
    if (!before) return;
    let graph = before;
    const kept: ShardPage['records'][number][] = [];
    for (const arrival of this.queue.splice(0)) {
      if (arrival.kind === 'listing') {
        const gap = this.gapInListing(graph, arrival);
        if (gap?.reason === 'too old') return 'gap';
        if (gap) return this.assertRealGap(graph);
        graph = graph.listed(arrival);
        this.source.counted(arrival);
      } else {
        const isGuarded = !this.mutation.withoutAge && !this.mutation.withoutAgeAtCommit;
        if (isGuarded && graph.gapAtCommit(arrival)) return 'gap';
        const result = graph.applied(arrival);
        graph = result.graph;
        kept.push(...result.kept);
      }
    }
    for (const { keys } of kept) this.apply(Number((keys.get('pk') as { S: string }).S));
    this.store(graph, before);
    this.check(graph);
    return;
  }

  private gapInListing(graph: ShardGraph, listing: Listing): Gap | undefined {
    const gap = graph.gapInListing(listing);
    const isUntested = this.mutation.withoutAge || this.mutation.withoutAgeAtListing;
    return isUntested && gap?.reason === 'too old' ? undefined : gap;
  }

  /** A gap found by a listing alone must be real: an unread shard is gone. */
  private assertRealGap(graph: ShardGraph): 'gap' {
    const lost = [...this.source.shards.keys()].filter((id) => {
      const stage = graph.shards.get(id)?.stage;
      return this.source.isGone(id) && (stage === undefined || stage === 'open');
    });
    assert.notEqual(lost.length, 0, 'a gap was reported although every shard was read or can be read');
    return 'gap';
  }

  private apply(index: number): void {
    const write = this.source.writes[index]!;
    assert.ok(!this.applied.has(index), `write ${index} is applied twice`);
    assert.ok(index > this.lastOfKey[write.key]!, `write ${index} is applied after a newer one of its key`);
    this.applied.add(index);
    this.lastOfKey[write.key] = index;
  }

  private store(graph: ShardGraph, before: ShardGraph | undefined): void {
    for (const [id, line] of graph.changedSince(before)) {
      if (line === null) this.lines.delete(id);
      else this.lines.set(id, line);
    }
    this.head = JSON.parse(JSON.stringify(graph.head())) as GraphHead;
    this.graph = graph;
  }

  private restart(): undefined {
    this.queue = [];
    this.pages = undefined;
    this.settling = undefined;
    this.readers = new Map();
    if (!this.head) return;
    const { stored = (line) => line } = this.mutation;
    this.graph = ShardGraph.restore(
      this.head,
      new Map([...this.lines].map(([id, line]) => [id, stored(line)])),
    );
  }

  private check(graph: ShardGraph): void {
    const watermark = this.mutation.watermark?.(graph) ?? graph.watermark();
    assert.ok(watermark >= this.watermark, 'W decreased');
    this.watermark = watermark;
    for (const write of this.source.writes) {
      if (this.mustBeApplied(write, graph) && write.at < watermark) {
        assert.ok(
          this.applied.has(write.index),
          `W is ahead of write ${write.index}, ${watermark - write.at} ms`,
        );
      }
    }
    for (const shard of graph.shards.values()) {
      const parent = shard.parentId === undefined ? undefined : graph.shards.get(shard.parentId);
      if (parent && shard.depth > 0) assert.equal(shard.depth, parent.depth + 1);
    }
  }

  /** Writes older than S0 may be skipped; all others must be applied. */
  private mustBeApplied(write: Write, graph: ShardGraph): boolean {
    return Math.floor(write.at / SECOND) * SECOND >= graph.s0;
  }

  /** From now on nothing goes wrong: everything must be applied, and W must follow the time. */
  private catchUp(): Outcome {
    const quietSince = this.source.now;
    this.source.calm = true;
    for (let round = 0; round < 150; round++) {
      this.choices = round;
      this.list();
      for (let shard = 0; shard < 8; shard++) if (this.read(shard, 1) === 'gap') return 'gap';
      if (this.commit() === 'gap') return 'gap';
      this.source.now += 5 * SECOND;
      if (round > 60 && this.graph && this.graph.watermark() > quietSince) break;
    }
    const { graph } = this;
    if (!graph) return 'roots not settled';
    for (const write of this.source.writes) {
      if (this.mustBeApplied(write, graph))
        assert.ok(this.applied.has(write.index), `write ${write.index} is lost`);
    }
    assert.ok(graph.watermark() > quietSince, 'W did not advance although everything was read');
    return 'caught up';
  }
}
