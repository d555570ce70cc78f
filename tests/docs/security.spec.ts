import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SNAPSHOTS = join(__dirname, '../infra/snapshots');
const DOCUMENT = readFileSync(join(__dirname, '../../docs/SECURITY.md'), 'utf8');

/** Every `Sid` in a document, at any depth. */
function sidsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as { Sid?: unknown }).Sid;
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(value).flatMap(sidsIn)];
}

describe('docs/SECURITY.md', () => {
  const files = readdirSync(SNAPSHOTS).filter((name) => /-(policy|policy-keys|trust)\.json$/.test(name));

  it('explains every statement that the stack can create', () => {
    const sids = files.flatMap((name) => sidsIn(JSON.parse(readFileSync(join(SNAPSHOTS, name), 'utf8'))));
    assert.ok(sids.length > 30);
    const table = DOCUMENT.slice(
      DOCUMENT.indexOf('## Statement by statement'),
      DOCUMENT.indexOf('## Threats'),
    );
    assert.deepEqual(
      [...new Set(sids)].filter((sid) => !table.includes(`\`${sid}\``)),
      [],
    );
  });

  it('describes how to report a vulnerability', () => {
    assert.match(DOCUMENT, /## Reporting a vulnerability/);
  });
});
