import { hasSucceeded, type ShardState } from './shard-state';

/** So many that a change copies as much of a chunk as of the list of chunks, at tens of thousands of shards. */
const CHUNK = 128;

/** Shards next to each other, with what is asked of all shards at each page. */
interface Chunk {
  readonly shards: readonly ShardState[];
  /** Least watermark of those that have not succeeded; Infinity: there is none. */
  readonly leastWatermark: number;
  readonly open: number;
  readonly ended: number;
}

/**
 * The known shards by id. Immutable: a change of some gives another table that shares the rest, so that a page costs the
 * same however many shards are known.
 */
export class ShardTable {
  private leastKnown: number | undefined;

  private constructor(
    /** Id → its place in all chunks together. Shared by the tables that differ in states only. */
    private readonly places: ReadonlyMap<string, number>,
    private readonly chunks: readonly Chunk[],
  ) {}

  static of(shards: Iterable<ShardState>): ShardTable {
    const places = new Map<string, number>();
    const chunks: Chunk[] = [];
    let filling: ShardState[] = [];
    for (const shard of shards) {
      places.set(shard.id, places.size);
      filling.push(shard);
      if (filling.length < CHUNK) continue;
      chunks.push(chunkOf(filling));
      filling = [];
    }
    if (filling.length > 0) chunks.push(chunkOf(filling));
    return new ShardTable(places, chunks);
  }

  get size(): number {
    return this.places.size;
  }

  has(id: string): boolean {
    return this.places.has(id);
  }

  get(id: string): ShardState | undefined {
    const place = this.places.get(id);
    if (place === undefined) return undefined;
    return this.chunks[Math.floor(place / CHUNK)]?.shards[place % CHUNK];
  }

  keys(): IterableIterator<string> {
    return this.places.keys();
  }

  *values(): IterableIterator<ShardState> {
    for (const { shards } of this.chunks) yield* shards;
  }

  /** The same shards, some in other states. */
  with(changed: ReadonlyMap<string, ShardState>): ShardTable {
    const chunks = [...this.chunks];
    const shardsByChunk = new Map<number, ShardState[]>();
    for (const [id, shard] of changed) {
      const place = this.places.get(id);
      if (place === undefined) throw new RangeError(`${id} is not a shard of this table`);
      const index = Math.floor(place / CHUNK);
      const shards = shardsByChunk.get(index) ?? [...(chunks[index]?.shards ?? [])];
      shards[place % CHUNK] = shard;
      shardsByChunk.set(index, shards);
    }
    for (const [index, shards] of shardsByChunk) chunks[index] = chunkOf(shards);
    return new ShardTable(this.places, chunks);
  }

  /** Those to be read (`open`) or without a known child (`ended`). */
  *inStage(stage: 'open' | 'ended'): IterableIterator<ShardState> {
    for (const chunk of this.chunks) {
      if (chunk[stage] === 0) continue;
      for (const shard of chunk.shards) if (shard.stage === stage) yield shard;
    }
  }

  /** Of the shards that have not succeeded; Infinity: there is none. */
  leastWatermark(): number {
    if (this.leastKnown === undefined) {
      let least = Infinity;
      for (const { leastWatermark } of this.chunks) least = Math.min(least, leastWatermark);
      this.leastKnown = least;
    }
    return this.leastKnown;
  }

  /** The shards that are new or in another state than in an earlier table. */
  *changedSince(earlier: ShardTable | undefined): IterableIterator<ShardState> {
    const isSame = earlier?.places === this.places;
    for (const [index, chunk] of this.chunks.entries()) {
      if (isSame && earlier.chunks[index] === chunk) continue;
      for (const shard of chunk.shards) if (earlier?.get(shard.id) !== shard) yield shard;
    }
  }

  /** Ids of the shards of an earlier table that this one has no more. */
  *goneSince(earlier: ShardTable | undefined): IterableIterator<string> {
    if (!earlier || earlier.places === this.places) return;
    for (const id of earlier.places.keys()) if (!this.places.has(id)) yield id;
  }
}

function chunkOf(shards: readonly ShardState[]): Chunk {
  let leastWatermark = Infinity;
  let open = 0;
  let ended = 0;
  for (const shard of shards) {
    if (!hasSucceeded(shard)) leastWatermark = Math.min(leastWatermark, shard.watermark);
    if (shard.stage === 'open') open += 1;
    if (shard.stage === 'ended') ended += 1;
  }
  return { shards, leastWatermark, open, ended };
}
