import { convertCell } from '../../item/cell';
import type { Cell, Column, ColumnType } from '../../item/column';
import type { ChangeBatch, RowChange } from '../destination';
import { keyNames } from './columns';

/**
 * The rows of a batch of changes, with cells converted to the types of the recorded columns, which are as wide as the
 * batch's or wider.
 */
export interface ChangedRows {
  /** Column → its position in the cells. A recorded column that the batch does not have is NULL. */
  readonly positions: ReadonlyMap<string, number>;
  /** If the change is not an upsert, everything but the key is NULL. */
  cells(change: RowChange): readonly Cell[];
}

/** @throws Error when a column of the batch is not recorded: the caller has to widen first */
export function changedRows(batch: readonly Column[], recorded: readonly Column[]): ChangedRows {
  const widened = widening(batch, recorded);
  const positions = new Map(batch.map(({ name }, position) => [name, position]));
  // The cells of a key are in the order of their columns in the batch.
  const keyOrder = keyNames(recorded)
    .map((name) => {
      const position = positions.get(name);
      if (position === undefined) throw new Error(`a batch of changes has no key column ${name}`);
      return position;
    })
    .sort((a, b) => a - b);
  return { positions, cells: (change) => widened(cellsOf(change, batch.length, keyOrder)) };
}

function cellsOf(change: RowChange, width: number, keyOrder: readonly number[]): readonly Cell[] {
  if (change.action === 'upsert') return change.cells;
  const cells: Cell[] = new Array<Cell>(width).fill(null);
  if (change.action === 'delete dead letter' || change.key === undefined) return cells;
  const { key } = change;
  if (key.length !== keyOrder.length) throw new Error('a key must have the cells of all key columns');
  keyOrder.forEach((position, i) => (cells[position] = key[i] ?? null));
  return cells;
}

/** Converts cells of the batch to the types of the recorded columns. */
function widening(
  batch: ChangeBatch['columns'],
  recorded: readonly Column[],
): (cells: readonly Cell[]) => readonly Cell[] {
  const types = new Map(recorded.map(({ name, type }) => [name, type]));
  const converted: { readonly position: number; readonly from: ColumnType; readonly to: ColumnType }[] = [];
  batch.forEach(({ name, type }, position) => {
    const to = types.get(name);
    if (to === undefined) throw new Error(`column ${name} is not recorded: widen first`);
    if (to.kind !== type.kind) converted.push({ position, from: type, to });
  });
  return (cells) => {
    if (converted.length === 0) return cells;
    const row = [...cells];
    for (const { position, from, to } of converted)
      row[position] = convertCell(row[position] ?? null, from, to);
    return row;
  };
}
