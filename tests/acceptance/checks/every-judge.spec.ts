import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHECK_FILES, judgesIn } from './judges';

describe('acceptance: every file of checks that judges', () => {
  it('has a spec of its name', () => {
    const judging = readdirSync(CHECK_FILES).filter((name) => judgesIn(join(CHECK_FILES, name)).length > 0);
    assert.ok(judging.length > 10);
    const specOf = (name: string) => join(__dirname, name.replace(/\.[jt]s$/, '.spec'));
    assert.deepEqual(
      judging.filter(
        (name) => !['.ts', '.js'].some((extension) => existsSync(`${specOf(name)}${extension}`)),
      ),
      [],
    );
  });
});
