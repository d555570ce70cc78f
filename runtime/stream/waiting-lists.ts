/** First in, first out. The cost of each operation does not grow with the number of members. */
export class Fifo<Member> {
  private members: Member[] = [];
  private taken = 0;

  get size(): number {
    return this.members.length - this.taken;
  }

  get first(): Member | undefined {
    return this.members[this.taken];
  }

  add(member: Member): void {
    this.members.push(member);
  }

  take(): Member | undefined {
    const member = this.members[this.taken];
    if (member === undefined) return undefined;
    this.taken += 1;
    if (this.taken * 2 > this.members.length) {
      this.members = this.members.slice(this.taken);
      this.taken = 0;
    }
    return member;
  }

  takeAll(): readonly Member[] {
    const all = this.members.slice(this.taken);
    this.members = [];
    this.taken = 0;
    return all;
  }
}

interface Dated {
  readonly dueAt: number;
}

/** A binary heap by `dueAt`, earliest first. */
export class EarliestFirst<Member extends Dated> {
  private heap: Member[] = [];

  get size(): number {
    return this.heap.length;
  }

  get first(): Member | undefined {
    return this.heap[0];
  }

  add(member: Member): void {
    const { heap } = this;
    let at = heap.push(member) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt] as Member;
      if (parent.dueAt <= member.dueAt) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = member;
  }

  take(): Member | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const childAt = this.earlierChild(at);
      const child = heap[childAt];
      if (child === undefined || child.dueAt >= last.dueAt) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = last;
    return first;
  }

  /** Removes and returns all members for which `isMeant` holds. */
  takeAll(isMeant: (member: Member) => boolean): readonly Member[] {
    const [meant, others]: [Member[], Member[]] = [[], []];
    for (const member of this.heap) (isMeant(member) ? meant : others).push(member);
    this.heap = [];
    for (const member of others) this.add(member);
    return meant;
  }

  private earlierChild(at: number): number {
    const [left, right] = [this.heap[2 * at + 1], this.heap[2 * at + 2]];
    return left && right && right.dueAt < left.dueAt ? 2 * at + 2 : 2 * at + 1;
  }
}
