import type { Item } from '../../simulator';
import { derivedRandom, type Random } from '../../simulator/random';
import type { Chain } from './chain';
import { keyTextOf } from './oracle';
import type { SourceTable } from './tables';

/** Share of the items that exist before the export. The others are inserted later. */
const FILLED = 0.9;

/** No attribute is added to a larger item. */
const LARGE_BYTES = 300_000;
const itemBytes = (item: Item): number => JSON.stringify(item).length;

/** Fills and changes a table, and records what the destination's own columns must contain. */
export class Writer {
  readonly lastWrites = new Map<string, number>();
  readonly deleted = new Set<string>();
  private readonly random: Random;
  private readonly alive = new Set<number>();
  private writes = 0;

  constructor(
    private readonly chain: Chain,
    readonly table: SourceTable,
    private readonly count: number,
    seed: number,
  ) {
    this.random = derivedRandom(seed, table.name);
  }

  fill(): void {
    for (let i = 0; i < this.count * FILLED; i++) {
      this.chain.put(this.table.name, this.table.item(i, this.random, 'export'));
      this.alive.add(i);
    }
  }

  /** Makes `times` random puts, updates and deletes, each of which creates a stream record. */
  change(times: number): void {
    for (let n = 0; n < times; n++) {
      const i = this.random.integer(0, this.count);
      const key = this.table.keyOf(i);
      if (this.alive.has(i) && this.random.chance(0.2)) this.remove(i, key);
      else this.write(i, key);
    }
  }

  private remove(i: number, key: Item): void {
    this.chain.delete(this.table.name, key);
    this.alive.delete(i);
    const text = keyTextOf(this.table.key, key);
    this.deleted.add(text);
    this.lastWrites.set(text, this.chain.clock.now());
  }

  private write(i: number, key: Item): void {
    const item = this.table.item(i, this.random, 'stream');
    const isLargest = itemBytes(item) > LARGE_BYTES;
    if (!isLargest) item['written'] = { N: String(++this.writes) };
    const spelling = this.random.chance(0.3) ? (this.table.respelt?.(i) ?? key) : key;
    if (!isLargest && this.random.chance(0.1)) {
      const others = Object.entries(item).filter(([name]) => !(name in key));
      this.chain.update(this.table.name, spelling, Object.fromEntries(others.slice(-3)));
    } else {
      this.chain.put(
        this.table.name,
        Object.fromEntries([...Object.entries(item), ...Object.entries(spelling)]),
      );
    }
    this.alive.add(i);
    const text = keyTextOf(this.table.key, key);
    this.deleted.delete(text);
    this.lastWrites.set(text, this.chain.clock.now());
  }
}
