import type { Difference } from './difference';
import type { Operation } from './operation';
import type { Outcome } from './outcome';

/** A way in which another emulator is known to differ from the simulator. */
export interface KnownDifference {
  readonly name: string;
  /** Who does as AWS does or may do; `nobody knows` where its documentation leaves it open. */
  readonly right: 'the simulator' | 'both' | 'nobody knows';
  /** What AWS does, and by which document. */
  readonly because: string;
  /** @param ours what the operation did in the simulator */
  explains(difference: Difference, operation: Operation, ours: Outcome): boolean;
}

/** Explains differences by a table of known ones. */
export class Explanations {
  private readonly needed = new Set<KnownDifference>();

  constructor(private readonly known: readonly KnownDifference[]) {}

  /** Whether an entry explains a difference. */
  explain(...difference: Parameters<KnownDifference['explains']>): boolean {
    const found = this.known.filter((each) => each.explains(...difference));
    if (found.length === 1) this.needed.add(found[0] as KnownDifference);
    return found.length > 0;
  }

  /** Entries that could go: whatever they explain, another one does as well. */
  needless(): string[] {
    return this.known.filter((each) => !this.needed.has(each)).map(({ name }) => name);
  }
}
