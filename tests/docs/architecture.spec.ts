import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The files in a folder without their extension; folders end with a slash. */
function namesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() && entry.name !== 'node_modules') || entry.name.endsWith('.ts'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name.replace(/\.ts$/, '')));
}

/** Everything in backquotes. */
const quoted = (text: string) => new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name));

describe('docs/ARCHITECTURE.md', () => {
  const text = read('docs/ARCHITECTURE.md');
  const section = text.slice(text.indexOf('\n## Modules'), text.indexOf('\n## Values in the destination'));
  /** The text about one module, up to the next one. */
  const about = (module: string) => {
    const begin = section.search(new RegExp(`^(### ${module}$|\\*\\*${module}/\\*\\*)`, 'm'));
    assert.ok(begin >= 0, `it does not describe ${module}`);
    const rest = section.slice(begin + 4);
    const end = rest.search(/^(### |\*\*[a-z/-]+\/\*\*)/m);
    return end < 0 ? rest : rest.slice(0, end);
  };

  const modulesIn = (folder: string) =>
    namesIn(folder)
      .filter((name) => name.endsWith('/'))
      .map((name) => `${folder}/${name.slice(0, -1)}`);
  const folders = [
    'cost',
    'simulator',
    'demo',
    'planning',
    'command',
    'infra',
    'review',
    'policy',
    'posture',
    'image',
    'bench',
    'acceptance',
    ...modulesIn('runtime'),
    ...modulesIn('infra'),
  ];
  for (const folder of folders)
    it(`names every file of ${folder}`, () => {
      const named = quoted(about(folder));
      for (const name of namesIn(folder)) assert.ok(named.has(name), `${folder}/${name} is not named`);
    });

  it('names every file of runtime itself', () => {
    const named = quoted(about('runtime'));
    const files = namesIn('runtime').filter((name) => !name.endsWith('/'));
    for (const name of files) assert.ok(named.has(name), `runtime/${name} is not named`);
  });

  it('names every module once', () => {
    const names = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules|build|dist|docs$)/.test(entry.name))
      .map(({ name }) => name);
    for (const name of names) {
      const times = section.match(
        new RegExp(`^### ${name}$|^\\| (\`[a-z]+/\`, )?\`${name}/\``, 'gm'),
      )?.length;
      assert.equal(times, 1, name);
    }
  });
});

describe('CONTRIBUTING.md', () => {
  it('names the simulation that tests each file of runtime/pipeline without a spec', () => {
    const text = read('CONTRIBUTING.md');
    const table = text.slice(text.indexOf('| File of `runtime/pipeline/`'), text.indexOf('\n## Measure'));
    for (const name of namesIn('runtime/pipeline')) {
      const row = table.split('\n').find((line) => quoted(line.split('|')[1] ?? '').has(name));
      const spec = `tests/runtime/pipeline/${name}.spec.ts`;
      if (existsSync(join(ROOT, spec))) continue;
      assert.ok(row, `runtime/pipeline/${name}.ts has no spec, and no row`);
      for (const [, test] of row.matchAll(/`(tests\/[^`]+)`/g))
        assert.ok(existsSync(join(ROOT, test as string)), test);
      assert.match(row, /`tests\//);
    }
  });
});
