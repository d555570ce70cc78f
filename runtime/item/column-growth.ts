import type { Column, ColumnType } from './column';
import type { ColumnNames } from './column-name';
import { JSON_TYPE, widen } from './column-type';

/** The column shared by attributes without their own. */
export function sharedColumn(role: 'rest' | 'document'): Column {
  const name = role === 'rest' ? '__rest' : 'document';
  return { attribute: name, name, type: JSON_TYPE, role };
}

export function isShared(column: Column): boolean {
  return column.role === 'rest' || column.role === 'document';
}

/** Collects new and wider columns of a table. Call `add` and `close` only if the table has no shared column yet. */
export class ColumnGrowth {
  private readonly next: Column[];
  private readonly taken: Set<string>;
  private closed = false;

  constructor(
    columns: readonly Column[],
    private readonly names: ColumnNames,
    private readonly maxColumns: number,
  ) {
    this.next = [...columns];
    this.taken = new Set(columns.map((column) => names.fold(column.name)));
  }

  get columns(): readonly Column[] {
    return this.next;
  }

  widenTo(position: number, type: ColumnType): void {
    const column = this.next[position] as Column;
    this.next[position] = { ...column, type: widen(column.type, type) };
  }

  /** Adds an attribute's column. At `maxColumns` it adds `__rest` instead, and from then on no attribute gets its own column. */
  add(attribute: string, type: ColumnType): void {
    if (this.closed) return;
    if (this.next.length >= this.maxColumns) return this.close();
    const name = this.names.choose(attribute, this.taken);
    this.taken.add(this.names.fold(name));
    this.next.push({ attribute, name, type, role: 'attribute' });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.next.push(sharedColumn('rest'));
  }
}
