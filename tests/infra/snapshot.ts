import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compares a generated document with the committed snapshot of that name. `npm run snapshots` rewrites the snapshots; review the
 * difference.
 */
export function matchesSnapshot(name: string, document: unknown): void {
  const path = join(__dirname, 'snapshots', `${name}.json`);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (process.env['WRITE_SNAPSHOTS']) writeFileSync(path, text);
  assert.ok(existsSync(path), `${path} does not exist: npm run snapshots`);
  assert.equal(
    text,
    readFileSync(path, 'utf8'),
    `${path} differs: run npm run snapshots, and review the difference`,
  );
}
