import type { PublishResult } from '../../runtime/destinations/destination';
import { countRows, sameCell, type StoredPipeline, type StoredRow } from './memory-store';

/** Applies changes to shadow, then shadow to visible (rule P2). */
export function publishGeneration(pipeline: StoredPipeline): PublishResult {
  const soft = pipeline.target.deletes === 'soft';
  const { shadow, visible } = pipeline.tables;
  const keyOnly = new Map<string, StoredRow>();
  for (const line of pipeline.changes.values()) {
    if (line.key === undefined || line.cells === undefined) continue;
    const { key, cells, sourceTime } = line;
    if (line.action === 'upsert') shadow.set(key, { cells, sourceTime, deleted: false });
    else if (line.action === 'delete' && soft && line.known)
      shadow.set(key, { cells, sourceTime, deleted: true });
    else if (line.action === 'delete' && soft) {
      const loaded = shadow.get(key);
      if (loaded) shadow.set(key, { ...loaded, sourceTime, deleted: true });
      else keyOnly.set(key, { cells, sourceTime, deleted: true });
    } else shadow.delete(key);
  }
  const deadLetters = publishDeadLetters(pipeline);
  let written = 0;
  for (const [key, row] of visible) {
    if (shadow.has(key)) continue;
    if (!soft) visible.delete(key);
    else if (!row.deleted) visible.set(key, { ...row, sourceTime: null, deleted: true });
    else continue;
    written += 1;
  }
  for (const [key, row] of shadow) {
    const before = visible.get(key);
    const isNewer = row.sourceTime !== null && row.sourceTime !== before?.sourceTime;
    if (before && sameRow(before, row) && !isNewer) continue;
    visible.set(key, row);
    written += 1;
  }
  for (const [key, row] of keyOnly) {
    const before = visible.get(key);
    if (before === undefined) written += 1;
    visible.set(key, before === undefined ? row : { ...before, sourceTime: row.sourceTime });
  }
  shadow.clear();
  pipeline.changes.clear();
  const first = !pipeline.published;
  pipeline.published = true;
  pipeline.loading = false;
  const rows = countRows(pipeline);
  return { rows, written: first ? rows : written, deadLetters };
}

function publishDeadLetters({ deadLetters, changes }: StoredPipeline): number {
  deadLetters.visible.clear();
  for (const [keyText, deadLetter] of deadLetters.shadow) {
    if (!changes.has(keyText)) deadLetters.visible.set(keyText, deadLetter);
  }
  for (const [keyText, deadLetter] of deadLetters.changes) deadLetters.visible.set(keyText, deadLetter);
  deadLetters.shadow.clear();
  deadLetters.changes.clear();
  return deadLetters.visible.size;
}

function sameRow(a: StoredRow, b: StoredRow): boolean {
  if (a.deleted !== b.deleted) return false;
  const width = Math.max(a.cells.length, b.cells.length);
  for (let i = 0; i < width; i++) if (!sameCell(a.cells[i], b.cells[i])) return false;
  return true;
}
