import type { LedgerEntry, PipelineStore } from '../../../runtime/destinations/destination';
import type { Cell, Column } from '../../../runtime/item/column';
import type { DeadLetter } from '../../../runtime/item/dead-letter';
import { RowCells } from '../../../runtime/item/row-cells';

/** A load that accepts rows as values. */
export interface RowsLoad {
  append(rows: readonly (readonly Cell[])[], deadLetters?: readonly DeadLetter[]): Promise<void>;
  commit(files: readonly LedgerEntry[]): Promise<void>;
  rollback(): Promise<void>;
}

export async function openLoad(
  store: PipelineStore,
  role: 'shadow' | 'verify',
  generation: number,
  columns: readonly Column[],
): Promise<RowsLoad> {
  const load = await store.load(role, generation, columns);
  const cells = new RowCells(columns.map(({ type }) => type));
  return {
    async append(rows, deadLetters = []) {
      for (const row of rows) {
        cells.clear();
        row.forEach((cell, column) => cells.set(column, cell));
        load.sink.row(cells);
      }
      await load.flush(deadLetters);
    },
    commit: (files) => load.commit(files),
    rollback: () => load.rollback(),
  };
}
