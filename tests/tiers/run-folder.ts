import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fastestFolder } from '../fastest-folder';

/** A folder for all temporary files of one run, so that nothing is left however its workers end. */
export interface RunFolder {
  readonly path: string;
  remove(): void;
}

export function makeRunFolder(): RunFolder {
  const path = mkdtempSync(join(fastestFolder(), 'replicator-run-'));
  // Writable for everybody: when root runs the tests, database servers run as nobody and create folders in it.
  chmodSync(path, 0o1777);
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
