import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Compares a text with the committed one; `npm run snapshots` writes it. */
export function assertSnapshotText(file: string, text: string): void {
  if (process.env['WRITE_SNAPSHOTS']) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}
