import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compares a generated document with the committed one of that name. `npm run snapshots` writes them anew; the difference
 * is then for the reviewer to read.
 */
export function matchesSnapshot(name: string, document: unknown): void {
  const path = join(__dirname, 'snapshots', `${name}.json`);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (process.env['WRITE_SNAPSHOTS']) writeFileSync(path, text);
  assert.ok(existsSync(path), `${path} is not there: npm run snapshots`);
  assert.equal(text, readFileSync(path, 'utf8'), `${path} differs: npm run snapshots, and read what changes`);
}
