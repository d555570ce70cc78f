import { conformance, conformanceInAnyOrder, conformanceOfHeals, conformanceOnceLoaded } from './conformance';
import type { Fixture } from './fixture';
import { MemoryDestination } from './memory';
import { dumpOf, rowsOf } from './memory-fixture';
import { MemoryStore } from './memory-store';

const open = async () => memoryFixture(new MemoryStore());
conformance('memory', open);
conformanceOnceLoaded('memory', open);
conformanceOfHeals('memory', open);
conformanceInAnyOrder('memory', open, 50);

function memoryFixture(store: MemoryStore): Fixture {
  let hook: ((statement: string) => void | Promise<void>) | undefined;
  const destination = new MemoryDestination(store, { beforeWrite: (method) => hook?.(method) });
  const pipeline = (name: string) => store.pipelines.get(name);
  return {
    destination,
    rows: async ({ pipeline: name }) => rowsOf(pipeline(name)),
    async deadLetters({ pipeline: name }) {
      return [...(pipeline(name)?.deadLetters.visible.values() ?? [])];
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
