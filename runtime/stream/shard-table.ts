import { hasSucceeded, type ShardState } from './shard-state';

/** At tens of thousands of shards, a change then copies about as much of a chunk as of the list of chunks. */
const CHUNK = 128;

/** Neighbouring shards, with the sums that every page needs. */
interface Chunk {
  readonly shards: readonly ShardState[];
  /** Least watermark of the shards that have not succeeded; Infinity if there are none. */
  readonly leastWatermark: number;
  readonly open: number;
  readonly ended: number;
}

/**
 * The known shards by id. Immutable: a change returns a new table that shares the unchanged chunks, so that a page costs
 * about the same however many shards are known.
 */
export class ShardTable {
  private leastKnown: number | undefined;

  private constructor(
    /** Id → index over all chunks. Shared by tables that differ only in states. */
    readonly places: ReadonlyMap<string, number>,
    private readonly chunks: readonly Chunk[],
  ) {}

  static of(shards: readonly ShardState[]): ShardTable {
    const places = new Map<string, number>();
    for (const { id } of shards) places.set(id, places.size);
    return new ShardTable(places, []).withStates(shards, places);
  }

  get size(): number {
    return this.places.size;
  }

  has(id: string): boolean {
    return this.places.has(id);
  }

  indexOf(id: string): number | undefined {
    return this.places.get(id);
  }

  get(id: string): ShardState | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.at(place);
  }

  keys(): IterableIterator<string> {
    return this.places.keys();
  }

  *values(): IterableIterator<ShardState> {
    for (const { shards } of this.chunks) for (const shard of shards) yield shard;
  }

  /** A copy of the states, by index. */
  states(): ShardState[] {
    const states: ShardState[] = [];
    for (const { shards } of this.chunks) for (const shard of shards) states.push(shard);
    return states;
  }

  /** The same shards, some in other states, perhaps with new ones after them. */
  withStates(states: readonly ShardState[], places: ReadonlyMap<string, number>): ShardTable {
    const chunks: Chunk[] = [];
    for (let from = 0; from < states.length; from += CHUNK) {
      const chunk = this.chunks[from / CHUNK];
      chunks.push(chunk && holds(chunk, states, from) ? chunk : chunkOf(states.slice(from, from + CHUNK)));
    }
    return new ShardTable(places, chunks);
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

  /** The shards to read (`open`), or those that ended without a known child (`ended`). */
  *inStage(stage: 'open' | 'ended'): IterableIterator<ShardState> {
    for (const chunk of this.chunks) {
      if (chunk[stage] === 0) continue;
      for (const shard of chunk.shards) if (shard.stage === stage) yield shard;
    }
  }

  /** Least watermark of the shards that have not succeeded; Infinity if there are none. */
  leastWatermark(): number {
    if (this.leastKnown === undefined) {
      let least = Infinity;
      for (const { leastWatermark } of this.chunks) least = Math.min(least, leastWatermark);
      this.leastKnown = least;
    }
    return this.leastKnown;
  }

  /** The shards that are new or changed since an earlier table, each with its state there. */
  *changedSince(
    earlier: ShardTable | undefined,
  ): IterableIterator<{ readonly shard: ShardState; readonly before: ShardState | undefined }> {
    const isSame = earlier !== undefined && this.hasPlacesOf(earlier);
    for (const [index, chunk] of this.chunks.entries()) {
      if (isSame && earlier.chunks[index] === chunk) continue;
      for (const [at, shard] of chunk.shards.entries()) {
        const before = isSame ? earlier.at(index * CHUNK + at) : earlier?.get(shard.id);
        if (before !== shard) yield { shard, before };
      }
    }
  }

  /** Ids of the shards of an earlier table that this one no longer has. */
  *goneSince(earlier: ShardTable | undefined): IterableIterator<string> {
    if (!earlier || this.hasPlacesOf(earlier)) return;
    for (const id of earlier.places.keys()) if (!this.places.has(id)) yield id;
  }

  private at(place: number): ShardState | undefined {
    return this.chunks[Math.floor(place / CHUNK)]?.shards[place % CHUNK];
  }

  /** Whether both tables share their indexes. */
  private hasPlacesOf(earlier: ShardTable): boolean {
    return earlier.places === this.places;
  }
}

function holds({ shards }: Chunk, states: readonly ShardState[], from: number): boolean {
  if (shards.length !== Math.min(CHUNK, states.length - from)) return false;
  for (const [at, shard] of shards.entries()) if (shard !== states[from + at]) return false;
  return true;
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
