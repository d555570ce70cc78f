import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FULL_FILE, type Tier } from './tier';
import type { Times } from './times';

/** The slowest folders, until a run has measured them. */
const LONG_FOLDERS = ['end-to-end', 'simulation', 'exactness', 'destinations', 'upgrade', 'infra'];

/** Paths of a tier's spec files relative to `root`, slowest first, so that no long one is left at the end. */
export function specFiles(root: string, tier: Tier, times: Times | undefined): string[] {
  const files = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => `tests/${name.replaceAll('\\', '/')}`)
    .filter((name) => tier !== 'quick' || !FULL_FILE.test(name));
  const known = new Map(times?.parts.map(({ name, wallMs }) => [name, wallMs]));
  const guess = (name: string) => (LONG_FOLDERS.includes(name.split('/')[1] ?? '') ? 1_000 : 0);
  const cost = (name: string) => known.get(name) ?? guess(name);
  return files.sort((a, b) => cost(b) - cost(a) || (a < b ? -1 : 1));
}
