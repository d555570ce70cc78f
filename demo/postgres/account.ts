import { chownSync, cpSync, lchownSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Installation } from './binaries';

/** User and group `nobody`. PostgreSQL refuses to run as root. */
const NOBODY = 65534;

/** The account that the server runs as: this process's own, or `nobody` if that is root. */
export interface Account {
  /** For `spawn`. */
  readonly credentials: { readonly uid?: number; readonly gid?: number };
  /** Makes the account the owner of a file or folder, not of what is inside. */
  own(path: string): void;
  /** The installation, or a copy of it inside `folder` if the account cannot read the original. */
  reachable(installation: Installation, folder: string): Installation;
}

export function serverAccount(): Account {
  if (process.getuid?.() !== 0) {
    return { credentials: {}, own: () => undefined, reachable: (installation) => installation };
  }
  return {
    credentials: { uid: NOBODY, gid: NOBODY },
    own: (path) => chownSync(path, NOBODY, NOBODY),
    reachable(installation, folder) {
      if (isOpenToAll(installation.root)) return installation;
      const copy = join(folder, 'installation');
      cpSync(installation.root, copy, { recursive: true, verbatimSymlinks: true });
      ownAll(copy);
      const moved = (path: string) => join(copy, relative(installation.root, path));
      return { initdb: moved(installation.initdb), postgres: moved(installation.postgres), root: copy };
    },
  };
}

/** Whether everybody may enter this folder and all its parents. */
function isOpenToAll(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false;
  return dirname(path) === path || isOpenToAll(dirname(path));
}

function ownAll(path: string): void {
  lchownSync(path, NOBODY, NOBODY);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) ownAll(inner);
    else lchownSync(inner, NOBODY, NOBODY);
  }
}
