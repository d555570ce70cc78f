/** What a generation is doing, as far as it is measured. `waiting`: for AWS. */
export type Work = 'waiting' | 'loading' | 'finding' | 'rereading' | 'publishing';

/** How long a generation does what. */
export class Timeline {
  private readonly spent = new Map<Work, number>();
  private current: Work = 'waiting';
  private since: number;

  /**
   * @param now ms
   * @param onEnter called whenever the work changes
   */
  constructor(
    private readonly now: () => number,
    private readonly onEnter: (work: Work) => void,
  ) {
    this.since = now();
  }

  enter(work: Work): void {
    if (work === this.current) return;
    const at = this.now();
    this.spent.set(this.current, this.ms(this.current) + at - this.since);
    this.current = work;
    this.since = at;
    this.onEnter(work);
  }

  /** Time spent on work that has ended. */
  ms(work: Work): number {
    return this.spent.get(work) ?? 0;
  }
}
