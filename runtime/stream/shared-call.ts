/**
 * One call for all that ask for the same at the same time. Whoever asks gets the answer of a call that began afterwards: one
 * that is under way may have been answered before.
 */
export class SharedCall<Answer> {
  private underWay: Promise<unknown> = Promise.resolve();
  private next: Promise<Answer> | undefined;

  constructor(private readonly call: () => Promise<Answer>) {}

  /** @throws what the call throws */
  ask(): Promise<Answer> {
    this.next ??= this.begin();
    return this.next;
  }

  private async begin(): Promise<Answer> {
    await this.underWay;
    this.next = undefined;
    const answer = this.call();
    this.underWay = answer.catch(() => undefined);
    return answer;
  }
}
