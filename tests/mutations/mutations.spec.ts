import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Outcome } from './mutated';
import type { Mutation } from './mutation';
import { MUTATIONS } from './mutations';

const ROOT = join(__dirname, '../..');
const RUN = ['-r', 'ts-node/register/transpile-only', join(__dirname, 'mutated.ts'), ROOT];

/** A test that passes whatever the program does is none: each rule, switched off, has to make one fail. */
describe('mutations', () => {
  const chosen = process.env['LONG'] ? MUTATIONS : MUTATIONS.filter(({ fast }) => fast);
  it('every text to be replaced stands in its file exactly once', () => {
    for (const { rule, what, file, find } of MUTATIONS) {
      const times = readFileSync(join(ROOT, file), 'utf8').split(find).length - 1;
      assert.equal(times, 1, `${rule}, ${what}: ${file}`);
    }
  });

  for (const mutation of chosen) {
    it(`${mutation.rule}: ${mutation.what}: is noticed`, async function () {
      this.timeout(0);
      const { result, message } = await run(mutation);
      assert.equal(result, 'detected', message);
    });
  }
});

async function run(mutation: Mutation): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [...RUN, JSON.stringify(mutation)], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcome;
}
