import { createHash } from 'node:crypto';
import type { Coverage } from '../observe/verify-outcome';
import type { Manifest } from './manifest';

/** Forgives the rounding of a product such as 0.07 × 100. */
const ROUNDING = 1e-9;

/**
 * A share of an export's files, at least one. The seed alone decides which: another one gives another sample. Files
 * without items are left out, as they prove nothing.
 * @param share above 0 and up to 1; 1 returns the manifest itself
 */
export function sampleOf(manifest: Manifest, share: number, seed: string): Manifest {
  if (share >= 1) return manifest;
  const ranked = manifest.files
    .filter(({ items }) => items > 0)
    .map((file) => ({ file, rank: createHash('sha256').update(`${seed}\n${file.key}`).digest('hex') }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1));
  const files = ranked
    .slice(0, Math.max(1, Math.ceil(ranked.length * share - ROUNDING)))
    .map(({ file }) => file);
  return { ...manifest, files, itemCount: itemsOf(files) };
}

/** @param loaded a sample of `manifest` */
export function coverageOf(loaded: Manifest, manifest: Manifest): Coverage {
  const { files, itemCount } = manifest;
  return {
    files: loaded.files.length,
    filesTotal: files.length,
    items: loaded.itemCount,
    itemsTotal: itemCount,
  };
}

function itemsOf(files: Manifest['files']): number {
  return files.reduce((sum, { items }) => sum + items, 0);
}
