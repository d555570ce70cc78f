import type { Random } from '../../simulator/random';
import { Stream, type Surroundings, type Write } from './stream';
import { HOUR, MINUTE, SECOND } from './times';

export const KEYS = 4;

export interface Table {
  readonly id: number;
  /** The definition of its key, which a table created later may not have. */
  readonly keySchema: 'first' | 'other';
  /** By key: all its writes. */
  readonly history: readonly Write[][];
  stream: Stream;
}

export interface Export {
  readonly table: Table;
  /** T, epoch ms. */
  readonly time: number;
  readonly completedAt: number;
  readonly files: number;
  /** By key: the time up to which its writes are included. */
  readonly cuts: readonly number[];
}

/** From `from` (inclusive) to `to` (exclusive), epoch ms. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** An incremental export. */
export interface Incremental {
  readonly table: Table;
  readonly completedAt: number;
  readonly files: number;
  /** By key: its own edges, drawn for each export anew. */
  readonly windows: readonly Window[];
}

/** A line of an incremental export: what the writes of its window made of a key. */
export interface Line {
  readonly key: number;
  /** Its time orders lines of the same key. */
  readonly last: Write;
}

/** How long a full export takes, and an incremental one. */
const EXPORT_MS = [5 * MINUTE, 5 * MINUTE, 40 * MINUTE, 6 * HOUR, 30 * HOUR];
const INCREMENTAL_MS = [...new Array<number>(20).fill(5 * MINUTE), 40 * MINUTE, 6 * HOUR, 26 * HOUR];
const RETENTION_EXTRA_MS = [0, 0, HOUR];

/** A table, its streams and its exports. */
export class Source implements Surroundings {
  now = Date.UTC(2026, 0, 5, 12);
  calm = false;
  readonly lazinessMs: number;
  readonly trimsSilently: boolean;
  readonly leavesOldestFirst: boolean;
  readonly writes = new Map<number, Write>();
  table: Table;
  private readonly exports = new Map<string, Export>();
  private readonly incrementals = new Map<string, Incremental>();
  /** Whether a weakened rule has ended the replicator for good. */
  isGivenUp = false;
  private tables = 0;
  private backAt: number | undefined;

  constructor(
    readonly random: Random,
    private readonly hasShortExports: boolean,
  ) {
    this.lazinessMs = random.integer(0, random.pick(RETENTION_EXTRA_MS) + 1);
    this.trimsSilently = random.chance(0.5);
    this.leavesOldestFirst = random.chance(0.5);
    this.table = this.newTable();
  }

  /** Whether no table of the name exists. */
  get isGone(): boolean {
    return this.backAt !== undefined;
  }

  /** Deletes the table, and creates another of the same name this long after. */
  replaceTable(afterMs: number): void {
    if (this.isGone) return;
    this.table.stream.disable();
    this.backAt = this.now + afterMs;
    this.comeBack();
  }

  /** Creates the new table once it is due. */
  comeBack(): void {
    if (this.backAt === undefined || (this.now < this.backAt && !this.calm)) return;
    this.backAt = undefined;
    this.table = this.newTable();
  }

  enableAgain(): void {
    if (!this.isGone) this.table.stream = new Stream(this);
  }

  write(): void {
    const { random } = this;
    if (this.isGone) return;
    const key = Math.min(KEYS - 1, Math.floor(random.next() ** 1.6 * KEYS));
    this.writeTo(key, random.chance(0.4));
  }

  /** A delete of an item that does not exist is none. */
  writeTo(key: number, deletes: boolean): void {
    const { table, now } = this;
    const history = table.history[key]!;
    if (this.isGone || (deletes && this.present(key) === undefined)) return;
    const id = this.writes.size;
    const createdAt = Math.floor(now / SECOND) * SECOND;
    const write = { id, key, index: history.length, deletes, at: now, createdAt, readableAt: now };
    history.push(write);
    this.writes.set(id, write);
    if (table.stream.disabledAt === undefined) table.stream.append(write, (key + 0.5) / KEYS);
    else table.stream.missed.push(write);
  }

  /** The write that a key's item shows. */
  present(key: number): Write | undefined {
    const last = this.table.history[key]!.at(-1);
    return last?.deletes ? undefined : last;
  }

  /** Returns the same export for the same token. */
  requestExport(token: string): Export {
    const known = this.exports.get(token);
    if (known) return known;
    const { random, now, table } = this;
    const second = Math.floor(now / SECOND) * SECOND;
    const cutAround = second + random.pick([0, SECOND]);
    const started: Export = {
      table,
      time: random.pick([now, second]),
      completedAt: now + random.pick(this.hasShortExports ? EXPORT_MS.slice(0, 3) : EXPORT_MS),
      files: random.integer(1, 4),
      cuts: table.history.map(
        () => cutAround + random.pick([-MINUTE, MINUTE, 0, random.integer(-MINUTE, MINUTE + 1)]),
      ),
    };
    this.exports.set(token, started);
    return started;
  }

  /** The writes whose items are in one file. */
  exportedIn({ table, files, cuts }: Export, file: number): Write[] {
    return table.history.flatMap((history, key) => {
      if (key % files !== file) return [];
      const last = history.findLast(({ at }) => at <= cuts[key]!);
      return last && !last.deletes ? [last] : [];
    });
  }

  /** Returns the same export for the same token. */
  requestIncremental(token: string, { from, to }: Window): Incremental {
    const known = this.incrementals.get(token);
    if (known) return known;
    const { calm, random, now, table } = this;
    const edge = (time: number) =>
      time + random.pick([-MINUTE, MINUTE, 0, random.integer(-MINUTE, MINUTE + 1)]);
    const started: Incremental = {
      table,
      completedAt: now + (calm ? 5 * MINUTE : random.pick(INCREMENTAL_MS)),
      files: random.integer(1, 3),
      windows: table.history.map(() => ({ from: edge(from), to: edge(to) })),
    };
    this.incrementals.set(token, started);
    return started;
  }

  /** The lines in one file. A key that was written and deleted in its window, and did not exist before it, has none. */
  changesIn({ table, files, windows }: Incremental, file: number): Line[] {
    return table.history.flatMap((history, key) => {
      if (key % files !== file) return [];
      const { from, to } = windows[key]!;
      const before = history.findLast(({ at }) => at < from);
      const last = history.findLast(({ at }) => at < to);
      if (last === undefined || last === before) return [];
      const existed = before !== undefined && !before.deletes;
      return existed || !last.deletes ? [{ key, last }] : [];
    });
  }

  /**
   * Passes time without the replicator.
   * @param busy how likely a write is at each of several times
   */
  live(forMs: number, busy = 0.5): void {
    const { random } = this;
    for (let left = forMs; left > 0; ) {
      const step = Math.min(left, random.integer(1, random.pick([MINUTE, 20 * MINUTE, 4 * HOUR])));
      left -= step;
      this.now += step;
      if (random.chance(busy)) this.write();
      if (random.chance(0.25)) this.table.stream.roll(random.chance(0.3));
    }
  }

  /** When the next closed shard leaves. */
  nextLeaveAt(): number {
    const leaves = [...this.table.stream.shards.values()].map(({ leavesAt }) => leavesAt);
    return Math.min(...leaves.filter((at) => at > this.now));
  }

  private newTable(): Table {
    const history = Array.from({ length: KEYS }, (): Write[] => []);
    const id = this.tables++;
    // Not drawn, so that other choices do not depend on it.
    const keySchema = id > 0 && Math.floor(this.now / SECOND) % 3 === 0 ? 'other' : 'first';
    return { id, keySchema, history, stream: new Stream(this) };
  }
}
