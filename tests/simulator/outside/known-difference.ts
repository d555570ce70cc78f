import type { Difference } from './difference';
import type { Operation } from './operation';
import type { Outcome } from './outcome';

/** A way in which another emulator is known to differ from the simulator. */
export interface KnownDifference {
  readonly name: string;
  /** Which one behaves as AWS does or may do; `nobody knows` if AWS's documentation does not say. */
  readonly right: 'the simulator' | 'both' | 'nobody knows';
  /** What AWS does, and the source. */
  readonly because: string;
  /** @param ours the simulator's outcome */
  explains(difference: Difference, operation: Operation, ours: Outcome): boolean;
}

/** Explains differences with a table of known ones. */
export class Explanations {
  private readonly needed = new Set<KnownDifference>();

  constructor(private readonly known: readonly KnownDifference[]) {}

  /** Whether an entry explains a difference. */
  explain(...difference: Parameters<KnownDifference['explains']>): boolean {
    const found = this.known.filter((each) => each.explains(...difference));
    if (found.length === 1) this.needed.add(found[0] as KnownDifference);
    return found.length > 0;
  }

  /** Entries that could be removed, because others explain the same differences. */
  needless(): string[] {
    return this.known.filter((each) => !this.needed.has(each)).map(({ name }) => name);
  }
}
