import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OperableFixture } from '../fixture';
import { dumpOf, rowsOf } from '../memory-fixture';
import { ToyDestination } from './destination';
import { ToyFile } from './toy-file';

export async function toyFixture(): Promise<OperableFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'replicator-toy-'));
  return openFixture(join(folder, 'test.toy'), () => rm(folder, { recursive: true, force: true }));
}

let images = 0;

/** It reads the file, not what the destination holds in memory. */
function openFixture(path: string, removeFiles: () => Promise<void>): OperableFixture {
  let hook: ((statement: string) => void | Promise<void>) | undefined;
  const settings = { path, mostBytes: undefined };
  const destination = new ToyDestination(settings, { beforeWrite: (method) => hook?.(method) });
  const stored = () => new ToyFile(path).read();
  return {
    destination,
    rows: async ({ pipeline }) => rowsOf(stored().pipelines.get(pipeline)),
    deadLetters: async ({ pipeline }) => [
      ...(stored().pipelines.get(pipeline)?.deadLetters.visible.values() ?? []),
    ],
    dump: async ({ withoutShadow } = { withoutShadow: false }) => dumpOf(stored(), withoutShadow),
    onStatement(next) {
      hook = next;
    },
    async crashImage() {
      images += 1;
      const image = join(dirname(path), `image-${images}.toy`);
      if (existsSync(path)) copyFileSync(path, image);
      const fingerprint = existsSync(image) ? readFileSync(image).toString('base64') : '';
      return { fingerprint, open: async () => openFixture(image, () => rm(image, { force: true })) };
    },
    async reopen() {
      await destination.close();
      return openFixture(path, removeFiles);
    },
    async cleanup() {
      hook = undefined;
      await destination.close();
      await removeFiles();
    },
  };
}
