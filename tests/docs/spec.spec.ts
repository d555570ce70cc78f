import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTATIONS } from '../mutations/mutations';
import { rulesOf, withTests, writtenTests } from './rule-tests';

const root = join(__dirname, '..', '..');
const path = join(root, 'docs', 'SPEC.md');

describe('docs/SPEC.md', () => {
  const tests = writtenTests(root);
  const rules = rulesOf(readFileSync(path, 'utf8'));

  it('holds rules', () => {
    assert.ok(rules.length >= 20, `${rules.length} rules`);
  });

  for (const { number, planned } of rules) {
    if (planned) continue;
    it(`every implemented rule has a test: ${number}`, () => {
      assert.ok(tests.some((test) => test.rules.includes(number)));
    });
  }

  it('tests name only existing rules', () => {
    const known = new Set(rules.map(({ number }) => number));
    const strangers = tests.filter((test) =>
      test.rules.some((rule) => !/^F\d/.test(rule) && !known.has(rule)),
    );
    assert.deepEqual(strangers, []);
  });

  it('lists the present tests; "npm run docs" updates it', () => {
    const spec = readFileSync(path, 'utf8');
    const current = withTests(spec, tests, MUTATIONS);
    if (process.env.WRITE_DOCS === undefined) assert.equal(spec, current);
    else writeFileSync(path, current);
  });
});
