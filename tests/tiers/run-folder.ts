import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fastestFolder } from '../fastest-folder';

/** A place for all temporary files of one run, so that nothing is left of it however its workers end. */
export interface RunFolder {
  readonly path: string;
  remove(): void;
}

export function makeRunFolder(): RunFolder {
  const path = mkdtempSync(join(fastestFolder(), 'replicator-run-'));
  // As any place of temporary files: as root, the tests run database servers as nobody, who makes and removes folders in it.
  chmodSync(path, 0o1777);
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
