import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { progress } from '../tiers/progress';

const ROOT = join(__dirname, '..', '..');
const TSC = join(ROOT, 'node_modules/typescript-7/bin/tsc');
const run = promisify(execFile);

interface PackageJson {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * Packs the present sources as `npm publish` would, and unpacks them into the `node_modules` of a new folder, next to the
 * package's dependencies.
 * @returns the folder, for programs that use the package
 */
export async function installPacked(within: string): Promise<string> {
  const staged = join(within, 'staged');
  const consumer = join(within, 'consumer');
  const { name, files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageJson;
  mkdirSync(staged);
  for (const file of [
    'package.json',
    ...files.filter((one) => one !== 'dist' && existsSync(join(ROOT, one))),
  ])
    cpSync(join(ROOT, file), join(staged, file), { recursive: true });
  await run(process.execPath, [TSC, '-p', 'tsconfig.build.json', '--outDir', join(staged, 'dist')], {
    cwd: ROOT,
  });
  progress();
  await run('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', within], { cwd: staged });
  progress();
  const [packed] = readdirSync(within).filter((one) => one.endsWith('.tgz')) as [string];
  const installed = join(consumer, 'node_modules', name);
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', join(within, packed), '-C', installed, '--strip-components=1']);
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
