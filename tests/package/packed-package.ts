import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { name } from '../../package.json';
import { reportsByItsCpuTime } from '../computing-child';

const ROOT = join(__dirname, '..', '..');
const TSC = join(ROOT, 'node_modules/typescript-7/bin/tsc');
const run = promisify(execFile);

/** What a clean checkout does not have, or packing does not read. */
const LEFT_OUT = new Set([
  'node_modules',
  'build',
  'dist',
  'dist-bench',
  '.git',
  'tests',
  'bench',
  'examples',
]);

/**
 * Packs the present sources as `npm publish` does, with the package's own scripts, in a copy of the checkout.
 * @returns the archive
 */
export async function pack(within: string): Promise<string> {
  const checkout = join(within, 'checkout');
  const wanted = (path: string) => !LEFT_OUT.has(relative(ROOT, path).split(sep)[0] as string);
  cpSync(ROOT, checkout, { recursive: true, filter: wanted });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const packing = run('npm', ['pack', '--offline', '--pack-destination', within], { cwd: checkout });
  reportsByItsCpuTime(packing.child);
  await packing;
  const [packed] = readdirSync(within).filter((one) => one.endsWith('.tgz')) as [string];
  return join(within, packed);
}

/**
 * Packs the package and unpacks it into the `node_modules` of a new folder, next to its dependencies.
 * @returns the folder, for programs that use the package
 */
export async function installPacked(within: string): Promise<string> {
  const consumer = join(within, 'consumer');
  const installed = join(consumer, 'node_modules', name);
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', await pack(within), '-C', installed, '--strip-components=1']);
  for (const one of readdirSync(join(ROOT, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules', one), join(consumer, 'node_modules', one));
  return consumer;
}

/** @throws Error with the compiler's output */
export async function typeCheck(folder: string, file: string): Promise<void> {
  const flags = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--types',
    'node',
  ];
  try {
    await run(process.execPath, [TSC, ...flags, file], { cwd: folder });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}
