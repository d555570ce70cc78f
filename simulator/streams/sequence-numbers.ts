import type { Random } from '../random';

/** Compares two sequence numbers of one shard. They are unpadded decimals, so the longer one is greater. */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Generates the sequence numbers of a shard, which grow in uneven steps and are not padded. */
export class SequenceNumbers {
  private last: bigint;

  private constructor(
    private readonly random: Random,
    readonly starting: bigint,
  ) {
    this.last = starting;
  }

  /**
   * Numbers for a root shard or, with `after`, for a child. Many start just below a power of ten, so that their length
   * changes within the shard.
   * @param digits minimum and maximum length
   * @param after the parent's last number, if the child must start above it
   */
  static open(random: Random, digits: readonly [number, number], after?: string): SequenceNumbers {
    const [least, most] = digits;
    const floor = after === undefined ? 10n ** BigInt(least - 1) : BigInt(after) + 1n;
    const shortest = floor.toString().length;
    const length = Math.max(
      shortest,
      Math.min(most, shortest + random.integer(0, after === undefined ? most - least + 1 : 2)),
    );
    const brink = 10n ** BigInt(length) - BigInt(random.integer(1, 5_000_000));
    const anywhere =
      BigInt(random.integer(1, 9)) * 10n ** BigInt(length - 1) + BigInt(random.integer(0, 1e9));
    const brinkFits = length < most && brink > floor;
    if (brinkFits && random.chance(0.5)) return new SequenceNumbers(random, brink);
    return new SequenceNumbers(random, anywhere > floor ? anywhere : floor + BigInt(random.integer(1, 1e6)));
  }

  next(): string {
    this.last += BigInt(this.random.integer(1, 1_000_000));
    return this.last.toString();
  }
}
