/** One write to the source. `value: undefined`: a delete. */
export interface SourceWrite {
  /** Epoch ms. */
  readonly at: number;
  readonly value: string | undefined;
}

/** Every write to one incarnation of the source table, by key, oldest first. No value of a key occurs twice. */
export class SourceHistory {
  readonly writes = new Map<string, SourceWrite[]>();

  constructor(readonly tableId: string) {}

  record(key: string, write: SourceWrite): void {
    const before = this.writes.get(key);
    if (before) before.push(write);
    else this.writes.set(key, [write]);
  }

  of(key: string): readonly SourceWrite[] {
    return this.writes.get(key) ?? [];
  }
}
