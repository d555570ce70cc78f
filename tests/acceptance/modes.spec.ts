import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limitText, MODES } from '../../acceptance/modes';

describe('acceptance: the modes', () => {
  it('docs/ACCEPTANCE.md says how long each takes at most', () => {
    const text = readFileSync(join(__dirname, '../../docs/ACCEPTANCE.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `--(quick|long|ttl)`.*? \| ([^|]+?) +\|/gm)];
    assert.deepEqual(
      rows.map(([, mode, longest]) => [mode, longest]),
      Object.entries(MODES).map(([mode, { longestMs }]) => [mode, limitText(longestMs)]),
    );
  });
});
