import type { DatedDeadLetter } from '../../runtime/item/dead-letter';
import type { ChangeBatch, RowChange } from '../../runtime/destinations/destination';
import type { Cell, Column } from '../../runtime/item/column';
import { arrange, isKey, keyOf, keyPositions, type ChangeLine, type StoredPipeline } from './memory-store';

interface Change {
  readonly change: RowChange;
  readonly key: string | undefined;
  /** A whole row, or only the cells of its key. */
  readonly cells: readonly Cell[] | undefined;
}

export function applyToVisible(pipeline: StoredPipeline, batch: ChangeBatch): void {
  const table = pipeline.tables.visible;
  for (const { change, key, cells } of readChanges(pipeline, batch)) {
    if (pipeline.verifying) pipeline.changedKeys.set(change.keyText, key);
    const deadLetters = pipeline.deadLetters.visible;
    deadLetters.delete(change.keyText);
    if (change.action === 'dead letter') deadLetters.set(change.keyText, dated(change));
    if (key === undefined || cells === undefined) continue;
    if (change.action === 'upsert') {
      table.set(key, { cells, sourceTime: change.sourceTime, deleted: false });
    } else if (change.action === 'delete' && pipeline.target.deletes === 'soft') {
      table.set(key, { cells: table.get(key)?.cells ?? cells, sourceTime: change.sourceTime, deleted: true });
    } else {
      table.delete(key);
    }
  }
}

export function applyToChanges(
  pipeline: StoredPipeline,
  batch: ChangeBatch,
  into: 'changes' | 'lines' = 'changes',
): void {
  const deadLetters = pipeline.deadLetters[into];
  for (const { change, key, cells } of readChanges(pipeline, batch)) {
    const { action, keyText, sourceTime } = change;
    deadLetters.delete(keyText);
    if (action === 'dead letter') deadLetters.set(keyText, dated(change));
    const line: ChangeLine = { action, key, cells, known: action === 'upsert', sourceTime };
    put(pipeline, into, keyText, line);
  }
}

/** A deleted row keeps its last known values. */
export function put(
  { target, ...tables }: StoredPipeline,
  into: 'changes' | 'lines',
  keyText: string,
  line: ChangeLine,
): void {
  const before = tables[into].get(keyText);
  const keeps =
    line.action === 'delete' && !line.known && target.deletes === 'soft' && before?.known === true;
  tables[into].set(keyText, keeps ? { ...line, cells: before.cells, known: true } : line);
}

function dated(change: RowChange & { readonly action: 'dead letter' }): DatedDeadLetter {
  return { ...change.deadLetter, sourceTime: change.sourceTime };
}

function* readChanges(pipeline: StoredPipeline, batch: ChangeBatch): Generator<Change> {
  const arranged = arrange(batch.columns, pipeline.columns);
  const keyColumns = batch.columns.filter(isKey);
  const arrangedKey = arrange(keyColumns, pipeline.columns);
  const positions = keyPositions(pipeline.columns);
  for (const change of batch.changes) {
    const cells = rowOf(change, arranged, arrangedKey, keyColumns);
    const key = cells && keyOf(positions.map((position) => cells[position] ?? null));
    yield { change, key, cells };
  }
}

function rowOf(
  change: RowChange,
  arranged: (cells: readonly Cell[]) => readonly Cell[],
  arrangedKey: (cells: readonly Cell[]) => readonly Cell[],
  keyColumns: readonly Column[],
): readonly Cell[] | undefined {
  if (change.action === 'upsert') return arranged(change.cells);
  if (change.action === 'delete dead letter' || change.key === undefined) return undefined;
  if (change.key.length !== keyColumns.length)
    throw new Error('a key must have the cells of all key columns');
  return arrangedKey(change.key);
}
