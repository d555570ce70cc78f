import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { javascriptOf } from '../load-typescript.cjs';
import { progress } from '../tiers/progress';

const ROOT = join(__dirname, '..', '..');
const MODULES = ['cost', 'simulator', 'runtime', 'demo', 'planning', 'command'];
/** What an installed package has beside `dist`. */
const BESIDE = ['package.json', 'node_modules', 'demo'];

let built: string | undefined;

/**
 * The folder of an installed package, with `dist` built from the present sources once per worker, using compiled files: a child
 * process starts several times faster from it than from the sources. It is removed after the tests.
 */
export function packageFolder(): string {
  return (built ??= build());
}

function build(): string {
  const folder = mkdtempSync(join(tmpdir(), 'replicator-package-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of BESIDE) symlinkSync(join(ROOT, name), join(folder, name));
  for (const module of MODULES) {
    for (const name of readdirSync(join(ROOT, module), { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.ts')) compile(join(module, name), join(folder, 'dist'));
    }
  }
  return folder;
}

/** Compiles a file and everything that it imports, as the build does. */
function compile(source: string, to: string): void {
  progress();
  const target = join(to, source.replace(/\.ts$/, '.js'));
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  const text = source.endsWith('.ts')
    ? javascriptOf(join(ROOT, source))
    : readFileSync(join(ROOT, source), 'utf8');
  writeFileSync(target, text);
  for (const [, path = ''] of text.matchAll(/\brequire\("(\.[^"]*)"\)/g)) {
    const imported = join(dirname(source), path);
    const file = [imported, `${imported}.ts`, join(imported, 'index.ts')].find(
      (one) => statSync(join(ROOT, one), { throwIfNoEntry: false })?.isFile() === true,
    );
    if (file !== undefined) compile(file, to);
  }
}
