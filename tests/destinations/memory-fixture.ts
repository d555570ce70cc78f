import type { UserRow } from './fixture';
import type { MemoryStore, StoredPipeline } from './memory-store';

/** The rows of the visible table, as a user reads them. */
export function rowsOf(pipeline: StoredPipeline | undefined): readonly UserRow[] {
  const { columns = [], tables } = pipeline ?? {};
  return [...(tables?.visible.values() ?? [])].map(({ cells, sourceTime, deleted }) => ({
    cells: Object.fromEntries(columns.map((column, i) => [column.name, cells[i] ?? null])),
    sourceTime,
    deleted,
  }));
}

/** Everything that is stored, as text that is equal for equal contents. */
export function dumpOf(store: MemoryStore, withoutShadow: boolean): string {
  const pipelines = [...store.pipelines.values()].map((stored): StoredPipeline => {
    const tables = withoutShadow ? { ...stored.tables, shadow: new Map<never, never>() } : stored.tables;
    return { ...stored, tables, commits: 0 };
  });
  return JSON.stringify(pipelines, (_, value: unknown) =>
    value instanceof Map ? [...(value as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1)) : value,
  );
}
