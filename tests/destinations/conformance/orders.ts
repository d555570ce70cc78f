import assert from 'node:assert/strict';
import type { PipelineStore, RowChange, TableTarget } from '../../../runtime/destinations/destination';
import type { Cell, Column, ColumnType } from '../../../runtime/item/column';
import type { DeadLetter } from '../../../runtime/item/dead-letter';
import type { Dialect } from '../../../runtime/item/dialect';
import type { Fixture, UserRow } from '../fixture';
import { openLoad } from './rows-load';

export const TEXT: ColumnType = { kind: 'text' };
export const JSON_TYPE: ColumnType = { kind: 'json' };
export const BINARY: ColumnType = { kind: 'binary' };
export const BOOLEAN: ColumnType = { kind: 'boolean' };
export const INT64: ColumnType = { kind: 'number', integerDigits: 19, scale: 0, int64: true };

export function numberType(integerDigits: number, scale: number): ColumnType {
  return { kind: 'number', integerDigits, scale, int64: false };
}

/** Whether a destination can store a value as a cell. If not, the item becomes a dead letter (rule D1). */
export function canHold(dialect: Dialect, cell: Cell, kind: ColumnType['kind']): boolean {
  if (typeof cell !== 'string' || (kind !== 'text' && kind !== 'json')) return true;
  return dialect.unrepresentable(cell, kind) === undefined;
}

/** The table of most tests: a text key and one column. */
export const ORDERS: TableTarget = {
  pipeline: '111122223333/eu-west-1/orders',
  schema: undefined,
  table: 'orders',
  keySchema: { partition: { name: 'id', type: 'S' } },
  deletes: 'hard',
};

export const SOFT_ORDERS: TableTarget = { ...ORDERS, deletes: 'soft' };

export const ID: Column = { attribute: 'id', name: 'id', type: TEXT, role: 'partition key' };

export function attribute(name: string, type: ColumnType): Column {
  return { attribute: name, name, type, role: 'attribute' };
}

/** DuckDB's `hash` of this number equals that of NULL. Its 64 bits were computed backward. */
export const HASHED_AS_NULL = '-2930909409056394622';

export const COLUMNS: readonly Column[] = [ID, attribute('value', TEXT)];

/** A checkpoint with this head, so that a test sees which one was committed. */
export function checkpoint(head: string, shards: Record<string, string | null> = {}) {
  return { head, shards: new Map(Object.entries(shards)) };
}

export function upsert(id: string, cells: readonly Cell[], sourceTime = 1_700_000_000_000): RowChange {
  return { action: 'upsert', keyText: id, sourceTime, cells: [id, ...cells] };
}

export function remove(id: string, sourceTime = 1_700_000_100_000): RowChange {
  return { action: 'delete', keyText: id, sourceTime, key: [id] };
}

export function deadLetterOf(keyText: string, item = `{"id":{"S":${JSON.stringify(keyText)}}}`): DeadLetter {
  return { keyText, item, reason: 'it cannot be held', sequenceNumber: '100000000000000000001' };
}

export function bury(id: string, sourceTime = 1_700_000_200_000): RowChange {
  return { action: 'dead letter', keyText: id, sourceTime, key: [id], deadLetter: deadLetterOf(id) };
}

/** A dead letter with a key that no row can have. */
export function buryUnholdable(keyText: string, sourceTime = 1_700_000_200_000): RowChange {
  return { action: 'dead letter', keyText, sourceTime, key: undefined, deadLetter: deadLetterOf(keyText) };
}

export async function begin(
  fixture: Pick<Fixture, 'destination'>,
  target: TableTarget = ORDERS,
  columns: readonly Column[] = COLUMNS,
): Promise<PipelineStore> {
  const store = await fixture.destination.lease(target);
  await store.widen(columns);
  await store.startGeneration(1, checkpoint('generation 1'));
  return store;
}

export async function loadRows(
  store: PipelineStore,
  rows: readonly (readonly Cell[])[],
  { columns = COLUMNS, generation = 1, file = 'file', deadLetters = [] as readonly DeadLetter[] } = {},
): Promise<void> {
  const load = await openLoad(store, 'shadow', generation, columns);
  await load.append(rows, deadLetters);
  await load.commit([{ file, items: rows.length + deadLetters.length }]);
}

/** A pipeline whose visible table holds `rows`. */
export async function published(
  fixture: Pick<Fixture, 'destination'>,
  rows: readonly (readonly Cell[])[],
  target: TableTarget = ORDERS,
  columns: readonly Column[] = COLUMNS,
): Promise<PipelineStore> {
  const store = await begin(fixture, target, columns);
  await loadRows(store, rows, { columns });
  await store.publish(() => checkpoint('published'));
  return store;
}

/** Rows as text, sorted, for a comparison in any order. */
export function sorted(rows: readonly UserRow[]): readonly string[] {
  return rows
    .map(({ cells, sourceTime, deleted }) => {
      const shown = Object.entries(cells)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, cell]) => `${name}=${showCell(cell)}`);
      return `${shown.join(' ')} at ${sourceTime ?? 'export'}${deleted ? ' deleted' : ''}`;
    })
    .sort();
}

export function row(
  cells: Readonly<Record<string, Cell>>,
  sourceTime: number | null = null,
  deleted = false,
): UserRow {
  return { cells, sourceTime, deleted };
}

export async function assertRows(
  fixture: Fixture,
  target: TableTarget,
  expected: readonly UserRow[],
): Promise<void> {
  assert.deepEqual(sorted(await fixture.rows(target)), sorted(expected));
}

export async function assertDeadLetters(fixture: Fixture, expected: readonly string[]): Promise<void> {
  const deadLetters = await fixture.deadLetters(ORDERS);
  assert.deepEqual(deadLetters.map(({ keyText }) => keyText).sort(), [...expected].sort());
}

function showCell(cell: Cell): string {
  if (cell instanceof Uint8Array) return `bytes:${Buffer.from(cell).toString('hex')}`;
  return JSON.stringify(cell);
}
