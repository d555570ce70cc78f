import type { Export, Source, Table } from './source';
import { KEYS } from './source';
import type { Lineage } from './lineage';
import type { Write } from './stream';

/** A promise of the rules was broken. */
export class Broken extends Error {}

export interface Checkpoint {
  readonly phase: 'none' | 'load' | 'stream';
  readonly generation: number;
  readonly table: Table | undefined;
  readonly lineage: Lineage | undefined;
  readonly token: string | undefined;
  readonly export: Export | undefined;
}

/** Key → the write that its row shows; `undefined`: a tombstone. */
type Rows = Map<number, Write | undefined>;

/** The replica with its checkpoint. Each method is one transaction, and checks afterwards that no reader sees a wrong state. */
export class Destination {
  epoch = 0;
  checkpoint: Checkpoint = {
    phase: 'none',
    generation: 0,
    table: undefined,
    lineage: undefined,
    token: undefined,
    export: undefined,
  };
  readonly ledger = new Set<number>();
  private visible: Rows | undefined;
  private visibleOf: Table | undefined;
  private shadow: Write[] = [];
  private changes: Rows = new Map();
  /** Of this generation. */
  private readonly applied = new Set<Write>();
  private lastOfKey = new Array<number>(KEYS).fill(-1);
  /** By key: the newest write that a reader has seen. */
  private seen = new Array<number>(KEYS).fill(-1);

  constructor(
    private readonly source: Source,
    private readonly hasTombstones: boolean,
  ) {}

  begin(table: Table, lineage: Lineage): void {
    const generation = this.checkpoint.generation + 1;
    this.checkpoint = { phase: 'load', generation, table, lineage, token: undefined, export: undefined };
    this.shadow = [];
    this.changes = new Map();
    this.ledger.clear();
    this.applied.clear();
    this.lastOfKey.fill(-1);
  }

  note(changed: Partial<Checkpoint>): void {
    this.checkpoint = { ...this.checkpoint, ...changed };
  }

  commit(lineage: Lineage, writes: readonly Write[]): void {
    this.note({ lineage });
    for (const write of writes) this.apply(write);
    const watermark = lineage.watermark();
    for (const write of lineage.mustHave(watermark)) {
      if (!this.applied.has(write)) {
        throw new Broken(`W is ahead of write ${write.id} by ${watermark - write.at} ms`);
      }
    }
    this.look();
  }

  load(file: number, rows: readonly Write[]): void {
    this.shadow.push(...rows);
    this.ledger.add(file);
  }

  publish(): void {
    const rows: Rows = new Map();
    for (const write of this.shadow) {
      if (rows.has(write.key)) throw new Broken(`a file of key ${write.key} counts twice`);
      rows.set(write.key, write);
    }
    for (const [key, write] of this.changes) rows.set(key, write);
    const { table } = this.checkpoint;
    if (table !== this.visibleOf) this.seen.fill(-1);
    this.visible = rows;
    this.visibleOf = table;
    this.note({ phase: 'stream' });
    this.look();
  }

  /** Whether the replica equals its table. */
  isEqual(): boolean {
    if (this.visibleOf !== this.source.table) return false;
    return this.seen.every((_, key) => this.visible?.get(key) === this.source.present(key));
  }

  has(write: Write): boolean {
    return this.applied.has(write);
  }

  private apply(write: Write): void {
    if (write.index <= this.lastOfKey[write.key]!) {
      throw new Broken(`write ${write.id} is applied twice or after a newer one of its key`);
    }
    this.lastOfKey[write.key] = write.index;
    this.applied.add(write);
    const rows = this.checkpoint.phase === 'stream' ? this.visible : this.changes;
    if (write.deletes && !this.hasTombstones && this.checkpoint.phase === 'load') rows?.delete(write.key);
    else rows?.set(write.key, write.deletes ? undefined : write);
  }

  /** A reader looks: no row may be older than one seen before. */
  private look(): void {
    for (const [key, write] of this.visible ?? []) {
      if (!write) continue;
      if (write.index < this.seen[key]!) throw new Broken(`the row of key ${key} moved back`);
      this.seen[key] = write.index;
    }
  }
}
