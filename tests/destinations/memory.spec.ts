import { conformance, conformanceInAnyOrder, conformanceOnceLoaded } from './conformance';
import type { Fixture } from './fixture';
import { MemoryDestination } from './memory';
import { MemoryStore, type StoredPipeline } from './memory-store';

const open = async () => memoryFixture(new MemoryStore());
conformance('memory', open);
conformanceOnceLoaded('memory', open);
conformanceInAnyOrder('memory', open, 50);

function memoryFixture(store: MemoryStore): Fixture {
  let hook: ((statement: string) => void | Promise<void>) | undefined;
  const destination = new MemoryDestination(store, { beforeWrite: (method) => hook?.(method) });
  const pipeline = (name: string) => store.pipelines.get(name);
  return {
    destination,
    async rows({ pipeline: name }) {
      const { columns = [], tables } = pipeline(name) ?? {};
      return [...(tables?.visible.values() ?? [])].map(({ cells, sourceTime, deleted }) => ({
        cells: Object.fromEntries(columns.map((column, i) => [column.name, cells[i] ?? null])),
        sourceTime,
        deleted,
      }));
    },
    async letters({ pipeline: name }) {
      return [...(pipeline(name)?.letters.visible.values() ?? [])];
    },
    async dump({ withoutShadow } = { withoutShadow: false }) {
      return dumpOf(store, withoutShadow);
    },
    onStatement(next) {
      hook = next;
    },
    async crashImage() {
      const image = new MemoryStore();
      for (const [name, stored] of store.pipelines) image.pipelines.set(name, structuredClone(stored));
      return { fingerprint: dumpOf(store, false), open: async () => memoryFixture(image) };
    },
    async reopen() {
      await destination.close();
      return memoryFixture(store);
    },
    async cleanup() {
      await destination.close();
    },
  };
}

function dumpOf(store: MemoryStore, withoutShadow: boolean): string {
  const pipelines = [...store.pipelines.values()].map((stored): StoredPipeline => {
    const tables = withoutShadow ? { ...stored.tables, shadow: new Map<never, never>() } : stored.tables;
    return { ...stored, tables, commits: 0 };
  });
  return JSON.stringify(pipelines, (_, value: unknown) =>
    value instanceof Map ? [...(value as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1)) : value,
  );
}
