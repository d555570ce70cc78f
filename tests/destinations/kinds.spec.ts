import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { KINDS } from '../../runtime/destinations/kinds';
import { kindConformance } from './conformance/kind';
import { toy } from './toy/kind';

const ROOT = join(__dirname, '../..');

for (const kind of [...KINDS, toy]) {
  kindConformance(
    kind,
    [...KINDS, toy].filter((other) => other !== kind),
  );
}

describe('kinds of destinations', () => {
  it('have a folder with their name', () => {
    for (const { name } of KINDS)
      assert.ok(existsSync(join(ROOT, 'runtime/destinations', name, 'kind.ts')), name);
  });

  it('are named only in their own folder and in the list in runtime/', () => {
    const named = readdirSync(join(ROOT, 'runtime'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== join('destinations', 'kinds.ts'))
      .flatMap((path) =>
        KINDS.filter(({ name }) => !path.startsWith(join('destinations', name)) && names(path, name)).map(
          ({ name }) => `${path} names ${name}`,
        ),
      );
    assert.deepEqual(named, []);
  });

  it('are fixed once the settings are built: a later addition fails', () => {
    const late = `require('./runtime/config');
      require('./runtime/destinations/kinds').KINDS.push({ name: 'late' });`;
    assert.throws(() => inProcess(late), /not extensible/);
  });

  it('load no driver before one is opened, and then only their own', () => {
    const loaded = JSON.parse(
      inProcess(`
        const { openDestination, destinationPlace } = require('./runtime/destinations/kinds');
        require('./runtime/config');
        const drivers = () => ['@duckdb', 'pg', 'pg-copy-streams'].filter((driver) =>
          Object.keys(require.cache).some((path) => path.includes('/node_modules/' + driver + '/')));
        const found = [drivers()];
        openDestination(destinationPlace('postgres://user@host/database', {}), {});
        found.push(drivers());
        openDestination(destinationPlace('file.duckdb', {}), {});
        found.push(drivers());
        console.log(JSON.stringify(found));`),
    ) as string[][];
    assert.deepEqual(loaded, [[], ['pg', 'pg-copy-streams'], ['@duckdb', 'pg', 'pg-copy-streams']]);
  });
});

/** Whether a file of runtime/ names a kind in its code, as a string or an identifier: `place.kind === 'duckdb'`. */
function names(path: string, name: string): boolean {
  const text = readFileSync(join(ROOT, 'runtime', path), 'utf8');
  if (!text.includes(name)) return false;
  const visit = (node: ts.Node): boolean =>
    ((ts.isStringLiteralLike(node) || ts.isIdentifier(node)) && node.text === name) ||
    ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  return visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
}

/** @returns what the script prints. @throws Error with what it writes to stderr */
function inProcess(script: string): string {
  return execFileSync(process.execPath, ['-r', './tests/load-typescript.cjs', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}
