import type { ShardState } from './shard-state';
import { ShardTable } from './shard-table';

/** Another table in the making: most of its shards are as they were. The table it began with stays as it is. */
export class ShardDraft {
  /** By their places; may be changed in place. */
  readonly states: ShardState[];
  /** The earlier table's until a shard is added. */
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

  /** A shard that is there, in another state. */
  set(id: string, shard: ShardState): void {
    const place = this.places.get(id);
    if (place === undefined) throw new RangeError(`${id} is not a shard of this table`);
    this.states[place] = shard;
  }

  /** Returns false, and does nothing, when the shard is known. */
  add(shard: ShardState): boolean {
    const places = (this.extended ??= new Map(this.places));
    this.places = places;
    if (places.has(shard.id)) return false;
    places.set(shard.id, this.states.push(shard) - 1);
    return true;
  }

  /** `forgotten`: ids of shards that it has no more. */
  finish(forgotten: ReadonlySet<string>): ShardTable {
    if (forgotten.size === 0) return this.earlier.withStates(this.states, this.places);
    return ShardTable.of(this.states.filter(({ id }) => !forgotten.has(id)));
  }
}
