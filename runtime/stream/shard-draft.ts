import type { ShardState } from './shard-state';
import { ShardTable } from './shard-table';

/** A mutable copy of a ShardTable from which to make the next one. The table it began with does not change. */
export class ShardDraft {
  /** By index. The caller may change entries. */
  readonly states: ShardState[];
  /** The earlier table's map until a shard is added. */
  private places: ReadonlyMap<string, number>;
  private extended: Map<string, number> | undefined;

  constructor(private readonly earlier: ShardTable) {
    this.states = earlier.states();
    this.places = earlier.places;
  }

  indexOf(id: string): number | undefined {
    return this.places.get(id);
  }

  get(id: string): ShardState | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.states[place];
  }

  /** Changes the state of a known shard. */
  set(id: string, shard: ShardState): void {
    const place = this.places.get(id);
    if (place === undefined) throw new RangeError(`${id} is not a shard of this table`);
    this.states[place] = shard;
  }

  /** Returns false, and does nothing, if the shard is already known. */
  add(shard: ShardState): boolean {
    const places = (this.extended ??= new Map(this.places));
    this.places = places;
    if (places.has(shard.id)) return false;
    places.set(shard.id, this.states.push(shard) - 1);
    return true;
  }

  /** @param forgotten ids of shards to leave out */
  finish(forgotten: ReadonlySet<string>): ShardTable {
    if (forgotten.size === 0) return this.earlier.withStates(this.states, this.places);
    return ShardTable.of(this.states.filter(({ id }) => !forgotten.has(id)));
  }
}
