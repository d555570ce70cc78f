import { derivedRandom, type Random } from '../../simulator/random';

/** One write to the table. */
export interface Write {
  readonly do: 'put' | 'delete';
  /** The number of the item. */
  readonly key: number;
}

/** What happens to ten keys in a row. Inserts and deletes are as many, so that the table keeps its size. */
const FATES = [
  'updated',
  'updated',
  'updated',
  'updated',
  'inserted',
  'updated',
  'updated',
  'deleted',
  'updated',
  'inserted and deleted',
] as const;

/** An application that changes keys anywhere in its table. The same seed gives the same writes. */
export class Application {
  private readonly random: Random;
  private readonly live: number[];
  private next: number;

  /** @param rows items that the table has, numbered from 0 */
  constructor(rows: number, seed: number) {
    this.random = derivedRandom(seed, 'application');
    this.live = Array.from({ length: rows }, (_, key) => key);
    this.next = rows;
  }

  /**
   * Writes that change `keys` different keys: of ten, seven are updated, one is inserted, one deleted, and one inserted and later
   * deleted again.
   */
  writes(keys: number): readonly Write[] {
    const changed = new Set<number>();
    const writes: Write[] = [];
    const fleeting: number[] = [];
    for (let i = 0; i < keys; i++) {
      const fate = FATES[i % FATES.length];
      if (fate === 'updated') writes.push({ do: 'put', key: this.live[this.unchanged(changed)] as number });
      else if (fate === 'deleted') writes.push({ do: 'delete', key: this.removed(this.unchanged(changed)) });
      else {
        const key = this.next++;
        writes.push({ do: 'put', key });
        changed.add(key);
        if (fate === 'inserted') this.live.push(key);
        else fleeting.push(key);
      }
      // Each lives until ten more keys have changed.
      if (fleeting.length > 1) writes.push({ do: 'delete', key: fleeting.shift() as number });
    }
    return [...writes, ...fleeting.map((key): Write => ({ do: 'delete', key }))];
  }

  /** Position of a key that is not changed yet, which is from now on. */
  private unchanged(changed: Set<number>): number {
    for (;;) {
      const position = this.random.integer(0, this.live.length);
      const key = this.live[position] as number;
      if (changed.has(key)) continue;
      changed.add(key);
      return position;
    }
  }

  private removed(position: number): number {
    const key = this.live[position] as number;
    this.live[position] = this.live.at(-1) as number;
    this.live.pop();
    return key;
  }
}
