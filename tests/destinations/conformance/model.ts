import type { AppliedRole, RowChange } from '../../../runtime/destinations/destination';
import type { Cell, Column } from '../../../runtime/item/column';
import type { DeadLetter } from '../../../runtime/item/dead-letter';
import type { UserRow } from '../fixture';

/** A value of the source, whatever column it goes into. */
export type SourceValue =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'binary'; readonly value: Uint8Array }
  | null;

export type SourceItem = Readonly<Record<string, SourceValue>>;

/** The outcome of a change for a key: an item, an item that cannot be stored, or nothing. */
export type SourceChange =
  | { readonly key: string; readonly time: number; readonly to: 'item'; readonly item: SourceItem }
  | { readonly key: string; readonly time: number; readonly to: 'letter' | 'nothing' };

interface ModelRow {
  readonly item: SourceItem;
  readonly time: number | null;
  readonly deleted: boolean;
}

interface Content {
  readonly rows: Map<string, ModelRow>;
  readonly deadLetters: Set<string>;
}

/**
 * The expected content of a destination: a generation is an export and the changes after it, one after another. That of a
 * heal is the visible table, the lines and the changes. It shares no code with any destination.
 */
export class DestinationModel {
  visible: Content = empty();
  published = false;
  private exported: Content | undefined;
  private lines: SourceChange[] | undefined;
  private log: SourceChange[] = [];

  constructor(private readonly soft: boolean) {}

  get loading(): boolean {
    return this.exported !== undefined;
  }

  get healing(): boolean {
    return this.lines !== undefined;
  }

  startHeal(): void {
    this.exported = undefined;
    this.lines = [];
    this.log = [];
  }

  stage(lines: readonly SourceChange[]): void {
    this.lines?.push(...lines);
  }

  publishHeal(): void {
    for (const change of [...(this.lines ?? []), ...this.log]) this.change(this.visible, change);
    this.lines = undefined;
    this.log = [];
  }

  /** The keys of rows that have to be read again. */
  reread(since: number, untimed: boolean, [from, to]: readonly [number, number]): readonly string[] {
    const changed = new Set(this.log.map(({ key }) => key));
    const last = new Map(this.lines?.map((line) => [line.key, line]));
    const rows = [...this.visible.rows].filter(
      ([key, { time, deleted }]) =>
        !deleted && !last.has(key) && (untimed || (time !== null && time >= since)),
    );
    const edge = [...last.values()].filter(({ to: is, time }) => is === 'item' && time >= from && time <= to);
    const keys = [...rows.map(([key]) => key), ...edge.map(({ key }) => key)];
    return keys.filter((key) => !changed.has(key)).sort();
  }

  startGeneration(): void {
    this.exported = empty();
    this.lines = undefined;
    this.log = [];
  }

  loaded(items: ReadonlyMap<string, SourceItem>, deadLetters: readonly string[]): void {
    for (const [key, item] of items) this.exported?.rows.set(key, { item, time: null, deleted: false });
    for (const key of deadLetters) this.exported?.deadLetters.add(key);
  }

  apply(role: AppliedRole, changes: readonly SourceChange[]): void {
    if (role !== 'visible') this.log.push(...changes);
    if (role !== 'changes') changes.forEach((change) => this.change(this.visible, change));
  }

  publish(): void {
    const next = this.exported ?? empty();
    for (const change of this.log) this.change(next, change);
    for (const [key, before] of this.visible.rows) {
      const row = next.rows.get(key);
      if (row === undefined && this.soft) next.rows.set(key, { ...before, time: null, deleted: true });
      // An unchanged row is not written, so it keeps its time, unless the stream has a later one.
      else if (row && row.time === null && !row.deleted && !before.deleted && sameItem(row.item, before.item))
        next.rows.set(key, before);
    }
    this.visible = next;
    this.exported = undefined;
    this.log = [];
    this.published = true;
  }

  /** Rows as text. Of a deleted row only that it is deleted. */
  show(columns: readonly Column[]): readonly string[] {
    return [...this.visible.rows]
      .map(([key, { item, time, deleted }]) =>
        deleted
          ? `${key} deleted`
          : `${key} at ${time}: ${showCells(columns, (name) => cellOf(columns, name, item[name] ?? null))}`,
      )
      .sort();
  }

  private change({ rows, deadLetters }: Content, change: SourceChange): void {
    const { key, time } = change;
    deadLetters.delete(key);
    if (change.to === 'item') rows.set(key, { item: change.item, time, deleted: false });
    else if (change.to === 'nothing' && this.soft)
      rows.set(key, { item: rows.get(key)?.item ?? {}, time, deleted: true });
    else rows.delete(key);
    if (change.to === 'letter') deadLetters.add(key);
  }
}

/** Like `DestinationModel.show`, for the rows of a destination. */
export function showRows(columns: readonly Column[], rows: readonly UserRow[]): readonly string[] {
  return rows
    .map(({ cells, sourceTime, deleted }) => {
      const key = String(cells['id']);
      if (deleted) return `${key} deleted`;
      return `${key} at ${sourceTime}: ${showCells(columns, (name) => cells[name] ?? null)}`;
    })
    .sort();
}

export function rowOf(columns: readonly Column[], key: string, item: SourceItem): readonly Cell[] {
  return columns.map(({ name, role }) =>
    role === 'partition key' ? key : cellOf(columns, name, item[name] ?? null),
  );
}

export function rowChange(columns: readonly Column[], change: SourceChange): RowChange {
  const { key, time } = change;
  const common = { keyText: key, sourceTime: time };
  if (change.to === 'item') return { ...common, action: 'upsert', cells: rowOf(columns, key, change.item) };
  if (change.to === 'nothing') return { ...common, action: 'delete', key: [key] };
  return { ...common, action: 'dead letter', key: [key], deadLetter: deadLetterFor(key) };
}

export function deadLetterFor(keyText: string): DeadLetter {
  return { keyText, item: '{}', reason: 'it cannot be held', sequenceNumber: null };
}

function empty(): Content {
  return { rows: new Map(), deadLetters: new Set() };
}

function cellOf(columns: readonly Column[], name: string, value: SourceValue): Cell {
  if (value === null) return null;
  const type = columns.find((column) => column.name === name)?.type;
  if (type?.kind !== 'json') return value.value;
  if (value.kind === 'number') return value.value;
  if (value.kind === 'binary') return `"${Buffer.from(value.value).toString('base64')}"`;
  return JSON.stringify(value.value);
}

function showCells(columns: readonly Column[], cell: (name: string) => Cell): string {
  return columns
    .filter(({ role }) => role === 'attribute')
    .map(({ name }) => {
      const shown = cell(name);
      return `${name}=${shown instanceof Uint8Array ? Buffer.from(shown).toString('hex') : JSON.stringify(shown)}`;
    })
    .join(' ');
}

function sameItem(a: SourceItem, b: SourceItem): boolean {
  const shown = (item: SourceItem) =>
    JSON.stringify(
      Object.entries(item)
        .filter(([, value]) => value !== null)
        .sort(([x], [y]) => (x < y ? -1 : 1)),
    );
  return shown(a) === shown(b);
}
