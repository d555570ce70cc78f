/** Seeded random numbers for every choice the simulator makes, so that a failure can be replayed from its seed. */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed | 0;
  }

  /** In [0, 1). Mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number in [low, high). */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('The list is empty.');
    return from[this.integer(0, from.length)] as T;
  }

  hex(length: number): string {
    let out = '';
    while (out.length < length)
      out += this.integer(0, 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return out.slice(0, length);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const variant = this.pick(['8', '9', 'a', 'b']);
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }
}

/** A separate source for one purpose, so that the draws of one part do not shift those of the others. */
export function derivedRandom(seed: number, purpose: string): Random {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  return new Random(hash);
}

/** A whole number in [least, most]. */
export const within = (random: Random, [least, most]: readonly [number, number]): number =>
  least >= most ? least : random.integer(least, most + 1);

export function shuffle(list: unknown[], random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}
