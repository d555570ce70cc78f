import type { Lab } from '../check';
import { isRefusal } from '../refusals';

/** Calls of one kind that an experiment of hours can do without: it goes on after a failure, but not after too many in a row. */
export class Failures {
  private inARow = 0;
  private total: number;

  /** @param mostInARow how many are survived @param earlier how many an earlier process of the run counted */
  constructor(
    private readonly mostInARow: number,
    earlier = 0,
  ) {
    this.total = earlier;
  }

  /** How many calls failed, after all tries of the SDK. */
  get count(): number {
    return this.total;
  }

  /**
   * @returns undefined if the call failed
   * @throws what it threw if that was one too many, if the run is stopped, or if a permission is missing
   */
  async survive<Result>({ signal }: Pick<Lab, 'signal'>, call: () => Promise<Result>) {
    try {
      const result = await call();
      this.inARow = 0;
      return result;
    } catch (error) {
      if (signal.aborted || isRefusal(error)) throw error;
      this.total += 1;
      this.inARow += 1;
      if (this.inARow > this.mostInARow) throw error;
      return undefined;
    }
  }
}
