import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writtenTests } from '../docs/rule-tests';
import { specFiles } from './spec-files';
import { FULL_FILE } from './tier';
import { timesTable } from './times';

const ROOT = join(__dirname, '../..');

describe('tests/tiers', () => {
  it('has every spec file in the full tier, and all but *.full.spec.ts in npm test', () => {
    const full = specFiles(ROOT, 'full', undefined);
    const quick = specFiles(ROOT, 'quick', undefined);
    assert.ok(full.length > quick.length);
    assert.deepEqual([...quick, ...full.filter((file) => FULL_FILE.test(file))].sort(), [...full].sort());
  });

  it('recognizes tests that are marked for the full tier in the source', () => {
    const tests = writtenTests(ROOT);
    const tierOf = (title: string) => tests.find((test) => test.title.startsWith(title))?.tier;
    assert.equal(tierOf('has every spec file in the full tier'), 'npm test');
    assert.equal(tierOf('ends with 0 in every phase after SIGTERM'), 'full');
    assert.equal(tierOf('F13: ${ACTIONS[operation]} is revoked during a run'), 'partly full');
  });

  it('runs the slowest files of the last run first', () => {
    const [some = '', other = '', third = ''] = specFiles(ROOT, 'quick', undefined).slice(-3);
    const part = (name: string, wallMs: number) => ({ name, wallMs, cpuMs: 0 });
    const times = { tier: 'quick', wallMs: 0, cpuMs: 0, parts: [part(third, 9e9), part(some, 8e9)] };
    assert.deepEqual(specFiles(ROOT, 'quick', times).slice(0, 2), [third, some]);
    assert.ok(specFiles(ROOT, 'quick', times).includes(other));
  });

  it('prints times, most expensive first', () => {
    const parts = [
      { name: 'cheap', wallMs: 9_000, cpuMs: 100 },
      { name: 'dear', wallMs: 1_000, cpuMs: 4_000 },
    ];
    const lines = timesTable({ tier: 'quick', wallMs: 10_000, cpuMs: 5_000, parts }).split('\n');
    assert.deepEqual(
      lines.slice(1, 3).map((line) => line.trim().split(/\s+/)),
      [
        ['4.0', '1.0', 'dear'],
        ['0.1', '9.0', 'cheap'],
      ],
    );
    assert.match(lines[3] ?? '', /5\.0 +10\.0 {2}total/);
  });
});
