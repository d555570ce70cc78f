import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withCheckout } from './checkout';
import { commentOn, type PullRequest } from './comment';
import { configOf, findingsOfLevel, packFindings } from './findings';
import { exportedTables } from './first-exports';
import { programOf, recordStack } from './record-stack';
import { review, type Version } from './review';
import { readStack, type TableEntry } from './stack-file';
import { type TableSizes, tableSizes } from './table-sizes';
import { verifiedTables } from './verifies';

/**
 * `npm run review -- --stack prod`, with the options in `USAGE`: what the working tree changes in a
 * stack, compared with a commit, and whether its resources comply with the policy pack; printed, and as a comment on a pull request.
 */

const ROOT = join(__dirname, '..');
const USAGE =
  'Usage: npm run review -- --stack NAME [--base REF] [--fail-on mandatory|advisory] [--comment-on NUMBER] ' +
  '[--look-up-sizes] (default of REF: main)';
const LEVELS = ['mandatory', 'advisory'] as const;

/** @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stack: { type: 'string' },
      base: { type: 'string', default: 'main' },
      'fail-on': { type: 'string' },
      'comment-on': { type: 'string' },
      'look-up-sizes': { type: 'boolean', default: false },
    },
  });
  if (values.stack === undefined) throw new Error(USAGE);
  const { stack, base, 'fail-on': failOn, 'comment-on': number } = values;
  const level = LEVELS.find((known) => known === failOn);
  if (failOn !== undefined && level === undefined) throw new Error(USAGE);
  const pull = number === undefined ? undefined : pullRequest(number, process.env);
  const after = await versionOf(ROOT, stack);
  if (after === undefined) throw new Error(`Pulumi.${stack}.yaml does not exist here. ${USAGE}`);
  const before = await withCheckout(base, (root) => versionOf(root, stack));
  const { bytes, problems } = values['look-up-sizes']
    ? await sizesOf(
        [...exportedTables(before?.file, after.file), ...existing(verifiedTables(before?.file, after.file))],
        after.file.region,
      )
    : NO_SIZES;
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const text = review(stack, before, after, bytes);
  process.stdout.write(text);
  if (pull !== undefined) await commentOn(pull, stack, text);
  if (level === undefined) return 0;
  const findings = findingsOfLevel(level, after.findings);
  for (const { rule, resource, message } of findings)
    process.stderr.write(`Policy ${rule} fails: ${resource}: ${message}\n`);
  return findings.length === 0 ? 0 : 1;
}

/** Those that the stack does not create. */
function existing(tables: readonly TableEntry[]): readonly TableEntry[] {
  return tables.filter(({ create }) => create === undefined);
}

const NO_SIZES: TableSizes = { bytes: new Map(), problems: [] };

/** Sizes of tables of the stack's region. Nothing else of a review needs AWS. */
async function sizesOf(tables: readonly TableEntry[], region: string | undefined): Promise<TableSizes> {
  if (region === undefined)
    return { ...NO_SIZES, problems: ['The stack’s file has no aws:region, so no size was looked up.'] };
  return tableSizes([...new Set(tables.map(({ name }) => name))], region);
}

/** The pull request of the repository that GitHub's workflow runs for. */
function pullRequest(number: string, environment: NodeJS.ProcessEnv): PullRequest {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GH_TOKEN: token } = environment;
  if (!api || !repository || !token || !/^[1-9]\d*$/.test(number))
    throw new Error(`--comment-on NUMBER needs GITHUB_API_URL, GITHUB_REPOSITORY and GH_TOKEN. ${USAGE}`);
  return { api, repository, token, number: Number(number) };
}

/** The stack in a checkout, recorded with that checkout's own program; `undefined` if the checkout has no such stack. */
async function versionOf(root: string, stack: string): Promise<Version | undefined> {
  const path = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(path) || !existsSync(join(root, programOf(root)))) return undefined;
  // The program reports everything that is wrong with the configuration at once.
  const resources = await recordStack({ stack, file: readFileSync(path, 'utf8'), root });
  const { findings } = await packFindings(resources, configOf(stack, root));
  return { file: readStack(path), findings, resources };
}

main().then(
  // Listeners of Pulumi's runtime would keep the process alive.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
