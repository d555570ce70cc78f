import type { Difference } from './difference';
import type { Operation } from './log/operation';

/** A way in which another emulator is known to differ from the simulator. */
export interface KnownDifference {
  readonly name: string;
  /** Who does as AWS does; `nobody knows` where its documentation leaves it open. */
  readonly right: 'the simulator' | 'nobody knows';
  /** What AWS does, and by which document. */
  readonly because: string;
  explains(difference: Difference, operation: Operation): boolean;
}

/** Explains differences by a table of known ones, and counts. */
export class Explanations {
  private readonly counts: Map<KnownDifference, number>;

  constructor(known: readonly KnownDifference[]) {
    this.counts = new Map(known.map((each) => [each, 0]));
  }

  /** Whether some entry explains a difference; the first that does counts it. */
  explain(difference: Difference, operation: Operation): boolean {
    for (const [known, count] of this.counts) {
      if (!known.explains(difference, operation)) continue;
      this.counts.set(known, count + 1);
      return true;
    }
    return false;
  }

  /** Entries that explained nothing. */
  unused(): string[] {
    return this.summary()
      .filter(({ count }) => count === 0)
      .map(({ name }) => name);
  }

  /** How many differences each entry explained. */
  summary(): { name: string; count: number }[] {
    return [...this.counts].map(([{ name }, count]) => ({ name, count }));
  }
}
