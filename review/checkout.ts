import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** A commit that git does not know here. */
export class UnknownCommit extends Error {
  constructor(readonly ref: string) {
    super(`git knows no ${ref} here: git fetch origin ${ref}, or give --base a commit that is there.`);
    this.name = new.target.name;
  }
}

/** Calls with a folder that has the repository as it was at a commit, and takes the folder away. @throws UnknownCommit */
export async function withCheckout<Result>(
  ref: string,
  work: (root: string) => Promise<Result>,
): Promise<Result> {
  try {
    git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  } catch {
    throw new UnknownCommit(ref);
  }
  const folder = mkdtempSync(join(tmpdir(), 'replicator-review-'));
  const root = join(folder, 'repository');
  try {
    git('worktree', 'add', '--detach', '--quiet', root, ref);
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    return await work(root);
  } finally {
    git('worktree', 'remove', '--force', root);
    rmSync(folder, { recursive: true, force: true });
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
