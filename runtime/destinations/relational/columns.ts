import { isDeepStrictEqual } from 'node:util';
import type { Column, ColumnType } from '../../item/column';

/** Columns that every destination with tables has, in addition to those of the items. */
export const OWN_COLUMNS = {
  sourceTime: '__source_time',
  deleted: '__deleted',
  key: '__key',
  action: '__action',
  known: '__known',
} as const;

/** @throws Error when one of these columns is not recorded with this type: the caller has to widen first */
export function requireRecorded(columns: readonly Column[], recorded: readonly Column[]): void {
  const types = new Map(recorded.map(({ name, type }) => [name, type]));
  const unrecorded = columns.find(({ name, type }) => !isDeepStrictEqual(types.get(name), type));
  if (unrecorded !== undefined)
    throw new Error(`column ${unrecorded.name} is not recorded with this type: widen first`);
}

/** The columns to record next. `undefined` when nothing changes. */
export function columnsToRecord(
  recorded: readonly Column[],
  columns: readonly Column[],
): readonly Column[] | undefined {
  const wanted = inRecordedOrder(recorded, columns);
  return isDeepStrictEqual(wanted, recorded) ? undefined : wanted;
}

/** Recorded columns keep their places and new ones follow, as in the tables. */
function inRecordedOrder(recorded: readonly Column[], columns: readonly Column[]): readonly Column[] {
  const named = new Map(columns.map((column) => [column.name, column]));
  const kept = recorded.map(({ name }) => {
    const column = named.get(name);
    if (column === undefined) throw new Error(`recorded column ${name} is missing`);
    return column;
  });
  const places = new Set(recorded.map(({ name }) => name));
  return [...kept, ...columns.filter(({ name }) => !places.has(name))];
}

/** A column that a table already has, and the type it had. */
export interface KeptColumn {
  readonly column: Column;
  readonly from: ColumnType;
}

/** Splits `after` into the columns that a table created for `before` lacks, and those that it has. */
export function addedAndKept(
  before: readonly Column[],
  after: readonly Column[],
): { readonly added: readonly Column[]; readonly kept: readonly KeptColumn[] } {
  const types = new Map(before.map(({ name, type }) => [name, type]));
  const added: Column[] = [];
  const kept: KeptColumn[] = [];
  for (const column of after) {
    const from = types.get(column.name);
    if (from === undefined) added.push(column);
    else kept.push({ column, from });
  }
  return { added, kept };
}

export function isKey({ role }: Column): boolean {
  return role === 'partition key' || role === 'sort key';
}

/** Partition key first. */
export function keyColumns(columns: readonly Column[]): readonly Column[] {
  const partition = columns.filter(({ role }) => role === 'partition key');
  return [...partition, ...columns.filter(({ role }) => role === 'sort key')];
}

export function keyNames(columns: readonly Column[]): readonly string[] {
  return keyColumns(columns).map(({ name }) => name);
}

/** The names of the columns outside the key. */
export function otherNames(columns: readonly Column[]): readonly string[] {
  return columns.filter((column) => !isKey(column)).map(({ name }) => name);
}
