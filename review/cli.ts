import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withCheckout } from './checkout';
import { configOf, findingsOfLevel, packFindings } from './findings';
import { programOf, recordStack } from './record-stack';
import { review, type Version } from './review';
import { readStack } from './stack-file';

/**
 * `npm run review -- --stack prod [--base REF] [--fail-on mandatory]`: what the working tree changes in a stack, compared with a
 * commit, and whether its resources comply with the policy pack.
 */

const ROOT = join(__dirname, '..');
const USAGE =
  'Usage: npm run review -- --stack NAME [--base REF] [--fail-on mandatory|advisory] (default of REF: main)';
const LEVELS = ['mandatory', 'advisory'] as const;

/** @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stack: { type: 'string' },
      base: { type: 'string', default: 'main' },
      'fail-on': { type: 'string' },
    },
  });
  if (values.stack === undefined) throw new Error(USAGE);
  const { stack, base, 'fail-on': failOn } = values;
  const level = LEVELS.find((known) => known === failOn);
  if (failOn !== undefined && level === undefined) throw new Error(USAGE);
  const after = await versionOf(ROOT, stack);
  if (after === undefined) throw new Error(`Pulumi.${stack}.yaml does not exist here. ${USAGE}`);
  const before = await withCheckout(base, (root) => versionOf(root, stack));
  process.stdout.write(review(stack, before, after));
  if (level === undefined) return 0;
  const findings = findingsOfLevel(level, after.findings);
  for (const { rule, resource, message } of findings)
    process.stderr.write(`Policy ${rule} fails: ${resource}: ${message}\n`);
  return findings.length === 0 ? 0 : 1;
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
