import { type Heal, isReadAgain } from './heal';
import type { Lineage } from './lineage';
import type { Rules } from './rules';
import type { Export, Incremental, Line, Source, Table } from './source';
import { KEYS } from './source';
import type { Write } from './stream';

/** A promise of the rules was broken. */
export class Broken extends Error {}

export interface Checkpoint {
  readonly phase: 'none' | 'load' | 'heal' | 'stream';
  readonly generation: number;
  readonly table: Table | undefined;
  readonly lineage: Lineage | undefined;
  readonly token: string | undefined;
  readonly export: Export | undefined;
  /** P3: the visible table goes on while this generation loads. */
  readonly feeds: boolean;
  /** P3: the time of the first commit of this generation. */
  readonly openedAt: number | undefined;
  readonly heal: Heal | undefined;
  /** By window, as far as they have been requested. */
  readonly incrementals: readonly Incremental[];
  /** G3: when the keys were read again, and which do not exist. */
  readonly reread: { readonly at: number; readonly absent: ReadonlySet<number> } | undefined;
}

const NOTHING: Checkpoint = {
  phase: 'none',
  generation: 0,
  table: undefined,
  lineage: undefined,
  token: undefined,
  export: undefined,
  feeds: false,
  openedAt: undefined,
  heal: undefined,
  incrementals: [],
  reread: undefined,
};

/** What a row shows, and the time of its last change; a row of an export has none. */
interface Row {
  /** `undefined`: a tombstone. */
  readonly write: Write | undefined;
  readonly time: number | undefined;
}

type Rows = Map<number, Row>;

/** The visible table. */
interface Visible {
  readonly table: Table;
  readonly rows: Rows;
  /** L: every write before it is in the rows, which the next publish does not change. */
  watermark: number;
  /** T of the export that it was loaded from. */
  readonly completeFrom: number;
}

/** The replica with its checkpoint. Each method is one transaction, and checks afterwards that no reader sees a wrong state. */
export class Destination {
  epoch = 0;
  checkpoint = NOTHING;
  /** Files, by export or window. */
  readonly ledger = new Set<string>();
  /** G1: the replicator has reported that the visible table keeps a table with another key from being loaded. */
  isInTheWay = false;
  private visible: Visible | undefined;
  private shadow: Write[] = [];
  /** In the order of their arrival. */
  private lines: { readonly window: number; readonly line: Line }[] = [];
  private changes: Rows = new Map();
  /** Of this lineage. */
  private readonly applied = new Set<Write>();
  private lastOfKey = new Array<number>(KEYS).fill(-1);
  /** By key: the newest write that a reader has seen. */
  private seen = new Array<number>(KEYS).fill(-1);

  constructor(
    private readonly source: Source,
    private readonly rules: Rules,
  ) {}

  /** A1: a generation with a lineage of its own. With `heals`, the visible table is to be healed (G3), otherwise loaded. */
  begin(table: Table, lineage: Lineage, heals: boolean): void {
    this.next({ phase: heals ? 'heal' : 'load', table, lineage });
    this.applied.clear();
    this.lastOfKey.fill(-1);
  }

  /** P3: a generation that continues with the positions of the last one. */
  beginResync(): void {
    const { table, lineage } = this.checkpoint;
    this.next({ phase: 'load', table, lineage, feeds: true });
  }

  /** P3: a resync ends, and the visible table goes on with the positions that it has. */
  abandonResync(): void {
    const { table, lineage } = this.checkpoint;
    this.next({ phase: 'stream', table, lineage });
  }

  /** Whether the visible table, if there is one, has the key of this table. */
  fits({ keySchema }: Table): boolean {
    return (this.visible?.table.keySchema ?? keySchema) === keySchema;
  }

  /** A person drops or renames the visible table. */
  dropVisible(): void {
    this.isInTheWay = false;
    this.visible = undefined;
  }

  note(changed: Partial<Checkpoint>): void {
    this.checkpoint = { ...this.checkpoint, ...changed };
  }

  commit(lineage: Lineage, writes: readonly Write[]): void {
    const { feeds, openedAt, phase } = this.checkpoint;
    this.note({ lineage, openedAt: openedAt ?? this.source.now });
    for (const write of writes) this.apply(write);
    const watermark = lineage.watermark();
    for (const write of lineage.mustHave(watermark)) {
      if (!this.applied.has(write)) {
        throw new Broken(`W is ahead of write ${write.id} by ${watermark - write.at} ms`);
      }
    }
    if (this.visible && (phase === 'stream' || feeds || this.rules.healsFrom === 'the last position'))
      this.visible.watermark = watermark;
    this.look();
  }

  load(file: number, rows: readonly Write[]): void {
    this.shadow.push(...rows);
    this.ledger.add(String(file));
  }

  stage(window: number, file: number, lines: readonly Line[]): void {
    for (const line of lines) this.lines.push({ window, line });
    this.ledger.add(`${window}/${file}`);
  }

  publish(): void {
    const { table, lineage, export: loaded } = this.checkpoint;
    const rows: Rows = new Map();
    for (const write of this.shadow) {
      if (rows.has(write.key)) throw new Broken(`a file of key ${write.key} counts twice`);
      rows.set(write.key, { write, time: undefined });
    }
    if (table && !this.fits(table)) throw new Broken('a table has rows of two keys');
    if (table !== this.visible?.table) this.seen.fill(-1);
    this.show({ table: table!, rows, watermark: lineage!.watermark(), completeFrom: loaded!.time });
  }

  /** G3: the watermark of the visible table, if it is of a table. */
  healableSince(table: Table): number | undefined {
    return this.visible?.table === table ? this.visible.watermark : undefined;
  }

  /** G3: the keys to read again. */
  toReadAgain(): number[] {
    const { heal } = this.checkpoint;
    const { rows, completeFrom } = this.visible!;
    return Array.from({ length: KEYS }, (_, key) => key).filter((key) => {
      const row = rows.get(key)?.write && rows.get(key);
      const lines = heal!.windows.map(
        (__, index) => this.lines.find(({ window, line }) => window === index && line.key === key)?.line,
      );
      return isReadAgain({ row, lines, isChanged: this.changes.has(key) }, heal!, completeFrom, this.rules);
    });
  }

  /** G4: lines, then what was read again, then changes. */
  publishHeal(): void {
    const { lineage, reread } = this.checkpoint;
    const visible = this.visible!;
    const rows: Rows = new Map(visible.rows);
    const staged = this.lines.map(({ line }) => line);
    if (this.rules.lines === 'by time') staged.sort((a, b) => a.last.index - b.last.index);
    for (const { key, last } of staged)
      rows.set(key, { write: last.deletes ? undefined : last, time: last.at });
    for (const key of reread?.absent ?? []) rows.set(key, { write: undefined, time: undefined });
    this.show({ ...visible, rows, watermark: lineage!.watermark() });
  }

  /** Whether the replica equals its table. */
  isEqual(): boolean {
    if (this.visible?.table !== this.source.table) return false;
    const { rows } = this.visible;
    return this.seen.every((_, key) => rows.get(key)?.write === this.source.present(key));
  }

  private next(begun: Partial<Checkpoint>): void {
    this.checkpoint = { ...NOTHING, generation: this.checkpoint.generation + 1, ...begun };
    this.shadow = [];
    this.lines = [];
    this.changes = new Map();
    this.ledger.clear();
  }

  private show(visible: Visible): void {
    for (const [key, row] of this.changes) visible.rows.set(key, row);
    this.visible = visible;
    this.note({ phase: 'stream', feeds: false, heal: undefined });
    this.look();
  }

  private apply(write: Write): void {
    if (write.index <= this.lastOfKey[write.key]!) {
      throw new Broken(`write ${write.id} is applied twice or after a newer one of its key`);
    }
    this.lastOfKey[write.key] = write.index;
    this.applied.add(write);
    const row = { write: write.deletes ? undefined : write, time: write.createdAt };
    for (const rows of this.fed()) {
      if (rows === this.changes && write.deletes && !this.rules.tombstones) rows.delete(write.key);
      else rows.set(write.key, row);
    }
  }

  /** P1, P3: the tables that the stream goes into. */
  private fed(): readonly Rows[] {
    const { phase, feeds } = this.checkpoint;
    const visible = this.visible ? [this.visible.rows] : [];
    if (phase === 'stream') return visible;
    if (!feeds) return this.rules.gapFreezes ? [this.changes] : [this.changes, ...visible];
    const { resyncFeeds } = this.rules;
    if (resyncFeeds === 'both') return [this.changes, ...visible];
    return resyncFeeds === 'visible table' ? visible : [this.changes];
  }

  /** A reader looks: no row may be older than one seen before. */
  private look(): void {
    for (const [key, { write }] of this.visible?.rows ?? []) {
      if (!write) continue;
      if (write.index < this.seen[key]!) throw new Broken(`the row of key ${key} moved back`);
      this.seen[key] = write.index;
    }
  }
}
