import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** The commit is not in this clone. */
export class UnknownCommit extends Error {
  constructor(readonly ref: string) {
    super(`This clone has no commit ${ref}. Run git fetch origin ${ref}, or pass another commit as --base.`);
    this.name = new.target.name;
  }
}

/** Runs `work` in a temporary checkout of a commit, and removes the checkout afterwards. @throws UnknownCommit */
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
