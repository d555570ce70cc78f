import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './mutated';
import type { Mutation } from './mutation';
import { MUTATIONS } from './mutations';
import { LoadedMocha } from '../tiers/loaded-mocha';
import { progress } from '../tiers/progress';
import { full } from '../tiers/tier';

const ROOT = join(__dirname, '../..');

/** A test that passes whatever the code does proves nothing: each broken rule must make a test fail. */
describe('mutations', () => {
  it('every text to replace occurs exactly once in its file', () => {
    for (const { rule, what, file, find } of MUTATIONS) {
      const times = readFileSync(join(ROOT, file), 'utf8').split(find).length - 1;
      assert.equal(times, 1, `${rule}, ${what}: ${file}`);
    }
  });

  it('every test that should detect a mutation exists', () => {
    const named = MUTATIONS.flatMap(({ by }) => ('spec' in by ? [by] : []));
    const files = [...new Set(named.map(({ spec }) => spec))];
    const titles = new Map(files.map((file) => [file, titlesOf(file)]));
    const missing = named.filter(
      ({ spec, title }) => !titles.get(spec)?.some((text) => new RegExp(title).test(text)),
    );
    assert.deepEqual(missing, []);
  });

  for (const mutation of MUTATIONS) {
    const test = mutation.fast ? { it } : full;
    test.it(`${mutation.rule}: detects that ${mutation.what}`, async () => {
      const { result, message } = await run(mutation);
      assert.equal(result, 'detected', message);
    });
  }
});

function titlesOf(file: string): readonly string[] {
  const mocha = new LoadedMocha();
  mocha.load([join(ROOT, file)]);
  return mocha.tests().map((test) => test.fullTitle());
}

async function run(mutation: Mutation): Promise<Outcome> {
  const child = fork(join(__dirname, 'mutated.ts'), [ROOT, JSON.stringify(mutation)], {
    cwd: ROOT,
    execArgv: ['-r', join(ROOT, 'tests/load-typescript.cjs')],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // Every message is progress.
  child.on('message', progress);
  let [printed, complained] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complained += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The mutated process exited with code ${code}: ${complained}`);
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Outcome;
}
