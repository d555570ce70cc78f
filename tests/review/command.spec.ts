import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

function run(...args: readonly string[]) {
  const command = ['-r', 'ts-node/register/transpile-only', join(ROOT, 'review/cli.ts'), ...args];
  return spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
}

describe('npm run review', function () {
  this.timeout(120_000);

  before(function () {
    if (spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT }).status === 0) return;
    console.warn('      SKIPPED: a review compares commits, and these files are in no git repository');
    this.skip();
  });

  it('compares the working tree with a commit, each by its own program', () => {
    const { status, stdout, stderr } = run('--stack', 'prod', '--base', 'HEAD');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^## Stack `prod`: /);
  });

  it('leaves no checkout behind', () => {
    const { stdout } = spawnSync('git', ['worktree', 'list'], { cwd: ROOT, encoding: 'utf8' });
    assert.doesNotMatch(stdout, /replicator-review-/);
  });

  it('says how to get a commit that is not here', () => {
    const { status, stderr } = run('--stack', 'prod', '--base', 'no-such-branch');
    assert.equal(status, 1);
    assert.match(stderr, /^git knows no no-such-branch here: git fetch origin no-such-branch/);
  });

  it('says which stacks there are not', () => {
    const { status, stderr } = run('--stack', 'prd');
    assert.equal(status, 1);
    assert.match(stderr, /^There is no Pulumi\.prd\.yaml here/);
  });
});
