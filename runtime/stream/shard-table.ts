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

  /** By their places: the caller's own. */
  states(): ShardState[] {
    const states: ShardState[] = [];
    for (const { shards } of this.chunks) for (const shard of shards) states.push(shard);
    return states;
  }

  /** The same shards, some in other states, and maybe new ones after them. */
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

  /** The shards that are new or in another state than in an earlier table, each with that state. */
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

  /** Ids of the shards of an earlier table that this one has no more. */
  *goneSince(earlier: ShardTable | undefined): IterableIterator<string> {
    if (!earlier || this.hasPlacesOf(earlier)) return;
    for (const id of earlier.places.keys()) if (!this.places.has(id)) yield id;
  }

  private at(place: number): ShardState | undefined {
    return this.chunks[Math.floor(place / CHUNK)]?.shards[place % CHUNK];
  }

  /** The earlier one's shards are the first here. */
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
