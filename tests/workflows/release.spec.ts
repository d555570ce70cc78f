import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import manifest from '../../package.json';
import policies from '../../policy/package.json';

const ROOT = join(__dirname, '../..');
const CI = readFileSync(join(ROOT, '.ci/run'), 'utf8');
const TAG = `v${manifest.version}`;
const DIGEST = `sha256:${'1'.repeat(64)}`;
const run = promisify(execFile);

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | boolean>>;
}

const { jobs } = parse(readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8')) as {
  jobs: Readonly<Record<string, { readonly env?: Record<string, string>; readonly steps: readonly Step[] }>>;
};
const scriptsOf = (job: string) =>
  jobs[job]?.steps.map((step) => step.run).filter((one) => one !== undefined);

/** Commands that a dry run does not execute, and what they print. Each records its arguments. */
const STAND_INS = { docker: DIGEST, cosign: '', gh: '', git: '2026-11-30T12:00:00+00:00' };

describe('the steps of a release, dry', () => {
  let scratch: string;
  const recorded = () => readFileSync(join(scratch, 'calls'), 'utf8').trimEnd().split('\n');
  const output = () => readFileSync(join(scratch, 'output'), 'utf8');

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'replicator-release-'));
    mkdirSync(join(scratch, 'bin'));
    for (const [name, answer] of Object.entries(STAND_INS))
      writeFileSync(
        join(scratch, 'bin', name),
        `#!/bin/sh\necho "${name} $*" >>'${scratch}/calls'\necho '${answer}'\n`,
        { mode: 0o755 },
      );
    writeFileSync(join(scratch, 'calls'), '');
    // Scripts of the workflow run in the checkout, and write there.
    for (const name of ['.ci', 'CHANGELOG.md', 'package.json'])
      symlinkSync(join(ROOT, name), join(scratch, name));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  /** Runs a step's script as GitHub does. */
  const execute = (script: string, env: Readonly<Record<string, string>> = {}) =>
    run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: scratch,
      env: {
        PATH: `${join(scratch, 'bin')}:${process.env['PATH']}`,
        GITHUB_REF_NAME: TAG,
        GITHUB_REPOSITORY: 'OWNER/pulumi-dynamodb-replicator',
        GITHUB_OUTPUT: join(scratch, 'output'),
        GITHUB_STEP_SUMMARY: join(scratch, 'output'),
        ...env,
      },
    });

  it('check that the tag, the changelog and the repository fit the package', async () => {
    const [repository = '', changelog = ''] = (scriptsOf('test') ?? []).filter((one) =>
      one.startsWith('.ci/'),
    );
    await execute(repository);
    await assert.rejects(
      execute(repository, { GITHUB_REPOSITORY: 'acme/replicator' }),
      /not https:\/\/github\.com\/acme\/replicator\. Fix it .*: npm pkg set .* && npm run schema/,
    );
    await execute(changelog);
    await assert.rejects(execute(changelog, { GITHUB_REF_NAME: 'v0.0.1' }), /has version .*, not 0\.0\.1/);
    assert.equal(policies.version, manifest.version);
  });

  it('publish the package that .ci/run publishes dry, with provenance', () => {
    const publish = scriptsOf('package')?.at(-1) ?? '';
    assert.match(publish, /^npm publish .*--provenance/);
    const dry = publish.replace('--provenance', '--dry-run');
    assert.ok(CI.includes(`$(${dry} `), `.ci/run does not call ${dry}`);
  });

  it('build the image from bases by digest, with arguments that the Dockerfile has', async () => {
    const steps = jobs['image']?.steps ?? [];
    await execute(steps.find(({ id }) => id === 'bases')?.run ?? '');
    assert.match(output(), new RegExp(`^build=docker\\.io/library/node:\\S+@${DIGEST}$`, 'm'));
    assert.match(output(), new RegExp(`^runtime=gcr\\.io/distroless/nodejs\\S+@${DIGEST}$`, 'm'));
    assert.match(output(), /^created=\d{4}-\d\d-\d\dT\S+$/m);
    const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    for (const line of output().trimEnd().split('\n').slice(0, 2)) {
      const base = line.replace(/^\w+=|@.*$/g, '');
      assert.ok(dockerfile.includes(`_IMAGE=${base}\n`), `the Dockerfile's base is not ${base}`);
    }
    const build = steps.find(({ id }) => id === 'build')?.with ?? {};
    const names = String(build['build-args']).match(/^\w+(?==)/gm) ?? [];
    assert.equal(names.length, 5);
    for (const name of names) assert.match(dockerfile, new RegExp(`^ARG ${name}=`, 'm'));
    assert.equal(build['context'], '.');
    for (const platform of String(build['platforms']).split(',')) {
      const architecture = platform.replace('linux/', '');
      assert.ok(readFileSync(join(ROOT, '.ci/image'), 'utf8').includes(`${architecture}:`), platform);
    }
  });

  it('sign the image by its digest, and write it into the summary', async () => {
    const image = 'ghcr.io/owner/replicator';
    for (const { run: script, env } of jobs['image']?.steps ?? []) {
      if (script !== undefined && env?.['DIGEST'] !== undefined)
        await execute(script, { DIGEST, IMAGE: image });
    }
    assert.deepEqual(recorded(), [`cosign sign --yes ${image}@${DIGEST}`]);
    assert.equal(output(), `${image}@${DIGEST}\n`);
  });

  it('announce the tag with its section of the changelog', async () => {
    await execute(scriptsOf('announce')?.join('\n') ?? '');
    assert.deepEqual(recorded(), [
      `gh release create ${TAG} --verify-tag --title ${TAG} --notes-file notes.md`,
    ]);
    const notes = readFileSync(join(scratch, 'notes.md'), 'utf8').trim();
    const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
    assert.ok(notes !== '' && changelog.includes(notes));
  });
});
