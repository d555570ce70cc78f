import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Names of the files in a folder, without their ending, folders with a slash. */
function namesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() && entry.name !== 'node_modules') || entry.name.endsWith('.ts'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name.replace(/\.ts$/, '')));
}

/** What stands in backquotes. */
const quoted = (text: string) => new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name));

describe('docs/ARCHITECTURE.md', () => {
  const text = read('docs/ARCHITECTURE.md');
  const rooms = text.slice(text.indexOf('\n## Modules'), text.indexOf('\n## Values in the destination'));
  /** From where a room is named to where the next is. */
  const about = (room: string) => {
    const begin = rooms.search(new RegExp(`^(### ${room}$|\\*\\*${room}/\\*\\*)`, 'm'));
    assert.ok(begin >= 0, `it says nothing of ${room}`);
    const rest = rooms.slice(begin + 4);
    const end = rest.search(/^(### |\*\*[a-z/-]+\/\*\*)/m);
    return end < 0 ? rest : rest.slice(0, end);
  };

  const roomsOf = (room: string) =>
    namesIn(room)
      .filter((name) => name.endsWith('/'))
      .map((name) => `${room}/${name.slice(0, -1)}`);
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
    ...roomsOf('runtime'),
    ...roomsOf('infra'),
  ];
  for (const room of folders)
    it(`names every file of ${room}`, () => {
      const named = quoted(about(room));
      for (const name of namesIn(room)) assert.ok(named.has(name), `${room}/${name} is not named`);
    });

  it('names every file of runtime itself', () => {
    const named = quoted(about('runtime'));
    const files = namesIn('runtime').filter((name) => !name.endsWith('/'));
    for (const name of files) assert.ok(named.has(name), `runtime/${name} is not named`);
  });

  it('names every room once', () => {
    const names = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules|build|dist|docs$)/.test(entry.name))
      .map(({ name }) => name);
    for (const name of names) {
      const times = rooms.match(new RegExp(`^### ${name}$|^\\| (\`[a-z]+/\`, )?\`${name}/\``, 'gm'))?.length;
      assert.equal(times, 1, name);
    }
  });
});

describe('CONTRIBUTING.md', () => {
  it('says for each file of runtime/pipeline that has no spec which simulation is its test', () => {
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
