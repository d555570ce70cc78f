import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reportsByItsCpuTime } from '../computing-child';
import { full } from '../tiers/tier';

const ROOT = join(__dirname, '../..');

async function run(...args: readonly string[]) {
  const command = ['-r', join(ROOT, 'tests/load-typescript.cjs'), join(ROOT, 'review/cli.ts'), ...args];
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  reportsByItsCpuTime(child);
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (printed[name] += text));
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...printed };
}

describe('npm run review', () => {
  before(function () {
    if (spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT }).status === 0) return;
    console.warn('      SKIPPED: a review compares commits, and these files are in no git repository');
    this.skip();
  });

  full.it('compares the working tree with a commit, each by its own program', async () => {
    const { status, stdout, stderr } = await run('--stack', 'prod', '--base', 'HEAD');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^## Stack `prod`: /);
  });

  full.it('leaves no checkout behind', () => {
    const { stdout } = spawnSync('git', ['worktree', 'list'], { cwd: ROOT, encoding: 'utf8' });
    assert.doesNotMatch(stdout, /replicator-review-/);
  });

  full.it('prints how to fetch a missing commit', async () => {
    const { status, stderr } = await run('--stack', 'prod', '--base', 'no-such-branch');
    assert.equal(status, 1);
    assert.match(stderr, /^This clone has no commit no-such-branch\. Run git fetch origin no-such-branch/);
  });

  full.it('fails for a mandatory finding, and names it', async () => {
    const name = 'reviewtest';
    const file = join(ROOT, `Pulumi.${name}.yaml`);
    // The service account has a user, and this stack no configuration that accepts it.
    copyFileSync(join(ROOT, 'Pulumi.artie.yaml'), file);
    try {
      const { status, stderr } = await run('--stack', name, '--base', 'HEAD', '--fail-on', 'mandatory');
      assert.equal(status, 1);
      assert.match(stderr, /^Policy iam-no-long-lived-key fails: aws:iam\/user:User replicator-reader: /m);
      assert.equal((await run('--stack', name, '--base', 'HEAD')).status, 0);
    } finally {
      rmSync(file);
    }
    const { status, stderr } = await run('--stack', 'artie', '--base', 'HEAD', '--fail-on', 'mandatory');
    assert.equal(status, 0, stderr);
  });

  it('reports an unknown level', async () => {
    const { status, stderr } = await run('--stack', 'prod', '--fail-on', 'everything');
    assert.equal(status, 1);
    assert.match(stderr, /^Usage: npm run review -- .*--fail-on mandatory\|advisory/);
  });

  it('comments only where a workflow names the repository and gives a token', async () => {
    const { status, stderr } = await run('--stack', 'prod', '--comment-on', '7');
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^--comment-on NUMBER needs GITHUB_API_URL, GITHUB_REPOSITORY and GH_TOKEN\. Usage: /,
    );
  });

  it('reports an unknown stack', async () => {
    const { status, stderr } = await run('--stack', 'prd');
    assert.equal(status, 1);
    assert.match(stderr, /^Pulumi\.prd\.yaml does not exist here/);
  });
});
