import { MOST_FOUND_KEYS, type PublishResult, type RereadRule } from '../../runtime/destinations/destination';
import { keyTextOfRow } from '../../runtime/destinations/relational/found-keys';
import { put } from './memory-apply';
import { countRows, keyPositions, type StoredPipeline, type StoredRow } from './memory-store';

/** Applies changes to lines, then lines to visible (rule G4). */
export function publishHealed(pipeline: StoredPipeline): PublishResult {
  const { visible } = pipeline.tables;
  const { lines, changes, deadLetters } = pipeline;
  const soft = pipeline.target.deletes === 'soft';
  for (const [keyText, line] of changes) {
    put(pipeline, 'lines', keyText, line);
    deadLetters.lines.delete(keyText);
  }
  let written = 0;
  for (const [keyText, { key, cells, action, known, sourceTime }] of lines) {
    deadLetters.visible.delete(keyText);
    if (key === undefined || cells === undefined) continue;
    const before = visible.get(key);
    const deleted = action === 'delete';
    if (action === 'upsert' || (deleted && soft)) {
      visible.set(key, { cells: known ? cells : (before?.cells ?? cells), sourceTime, deleted });
      written += 1;
    } else if (visible.delete(key)) written += 1;
  }
  for (const role of ['lines', 'changes'] as const) {
    for (const [keyText, deadLetter] of deadLetters[role]) deadLetters.visible.set(keyText, deadLetter);
    deadLetters[role].clear();
    pipeline[role].clear();
  }
  pipeline.healing = false;
  return { rows: countRows(pipeline), written, deadLetters: deadLetters.visible.size };
}

/** The keys to read again (rule G3). */
export function* findKeys(
  { tables, columns, lines, changes, deadLetters }: StoredPipeline,
  { since, untimed, edges }: RereadRule,
): Generator<readonly string[]> {
  const staged = new Set([...lines.values(), ...changes.values()].map(({ key }) => key));
  const changed = new Set([...changes.values()].map(({ key }) => key));
  const isAtEdge = (time: number | null) =>
    edges.some(({ from, to }) => time !== null && time >= from && time <= to);
  const positions = keyPositions(columns);
  const row = ({ cells }: Pick<StoredRow, 'cells'>) =>
    keyTextOfRow(
      columns,
      positions.map((position) => cells[position] ?? null),
    );
  const found: string[] = [];
  for (const [key, stored] of tables.visible) {
    const { sourceTime, deleted } = stored;
    if (!deleted && !staged.has(key) && (untimed || (sourceTime !== null && sourceTime >= since)))
      found.push(row(stored));
  }
  for (const { action, key, cells, sourceTime } of lines.values()) {
    if (action === 'upsert' && cells && !changed.has(key) && isAtEdge(sourceTime)) found.push(row({ cells }));
  }
  for (const { keyText, sourceTime } of deadLetters.visible.values()) {
    const isLate = sourceTime === null || sourceTime >= since;
    if (isLate && !lines.has(keyText) && !changes.has(keyText)) found.push(keyText);
  }
  for (const { keyText, sourceTime } of deadLetters.lines.values())
    if (isAtEdge(sourceTime) && !changes.has(keyText)) found.push(keyText);
  for (let i = 0; i < found.length; i += MOST_FOUND_KEYS) yield found.slice(i, i + MOST_FOUND_KEYS);
}
