import { convertCell } from '../../item/cell';
import type { Cell, Column, ColumnType } from '../../item/column';

/** Turns rows of one set of columns into rows that hold what another set, as wide or wider, would. */
export interface RowSource {
  /** Column name → its position in the rows. */
  readonly positions: ReadonlyMap<string, number>;
  row(cells: readonly Cell[]): readonly Cell[];
}

/** @throws Error when a column of the batch is not recorded: the caller has to widen first */
export function rowSource(batch: readonly Column[], recorded: readonly Column[]): RowSource {
  const types = new Map(recorded.map(({ name, type }) => [name, type]));
  const converted: { readonly position: number; readonly from: ColumnType; readonly to: ColumnType }[] = [];
  batch.forEach(({ name, type }, position) => {
    const to = types.get(name);
    if (to === undefined) throw new Error(`column ${name} is not recorded: widen first`);
    if (to.kind !== type.kind) converted.push({ position, from: type, to });
  });
  return {
    positions: new Map(batch.map(({ name }, position) => [name, position])),
    row(cells) {
      if (converted.length === 0) return cells;
      const row = [...cells];
      for (const { position, from, to } of converted) {
        row[position] = convertCell(row[position] ?? null, from, to);
      }
      return row;
    },
  };
}
