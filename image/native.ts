import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './bundle';

/** Architectures of the image, by Node's names. */
export type Architecture = 'arm64' | 'x64';

interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

/** The package with DuckDB's engine for Linux with glibc, as in the image's base. */
export const bindingFor = (architecture: Architecture): string =>
  `@duckdb/node-bindings-linux-${architecture}`;

/** Copies DuckDB's engine for an architecture next to the bundle in `folder`. If it is not installed, npm downloads it. */
export function addBinding(folder: string, architecture: Architecture): void {
  const name = bindingFor(architecture);
  const installed = join(ROOT, 'node_modules', name);
  if (existsSync(installed)) return copy(installed, folder, name);
  const scratch = mkdtempSync(join(tmpdir(), 'binding-'));
  try {
    fetchLocked(name, architecture, scratch);
    copy(join(scratch, 'node_modules', name), folder, name);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function copy(from: string, folder: string, name: string): void {
  cpSync(from, join(folder, 'node_modules', name), { recursive: true });
}

/** Installs only that package, with the lock file's version and checksum. */
function fetchLocked(name: string, architecture: Architecture, into: string): void {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as LockFile;
  const path = `node_modules/${name}`;
  const locked = lock.packages[path];
  if (!locked) throw new Error(`package-lock.json has no ${name}`);
  // npm installs packages of another platform only as optional dependencies.
  const optionalDependencies = { [name]: locked.version };
  const manifest = { name: 'binding', version: '0.0.0', optionalDependencies };
  const packages = { '': manifest, [path]: locked };
  writeFileSync(join(into, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(into, 'package-lock.json'),
    JSON.stringify({ ...manifest, lockfileVersion: lock.lockfileVersion, requires: true, packages }),
  );
  const target = ['--os=linux', `--cpu=${architecture}`, '--libc=glibc'];
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...target], {
    cwd: into,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
