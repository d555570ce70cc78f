/**
 * One call for all who ask at the same time. Each caller gets the answer of a call that began after it asked, as a call already
 * under way may have been answered earlier.
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
