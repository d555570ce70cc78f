import { spawnSync } from 'node:child_process';

/** Short hash of the commit in a checkout, and whether its files were changed since; `unknown` where there is none. */
export function commitOf(folder: string): string {
  const hash = git(folder, 'rev-parse', '--short', 'HEAD');
  if (hash === undefined) return 'unknown';
  const changes = git(folder, 'status', '--porcelain', '--untracked-files=no', '--', ':!docs');
  return changes === '' ? hash : `${hash} with changes`;
}

function git(folder: string, ...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', words, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
