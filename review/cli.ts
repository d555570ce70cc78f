import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withCheckout } from './checkout';
import { configOf } from './findings';
import { programOf, recordStack } from './record-stack';
import { review, type Version } from './review';
import { readStack } from './stack-file';

/** `npm run review -- --stack prod [--base REF]`: what the working tree does to a stack, against a commit. */

const ROOT = join(__dirname, '..');
const USAGE = 'npm run review -- --stack NAME [--base REF], REF being main unless given';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { stack: { type: 'string' }, base: { type: 'string', default: 'main' } },
  });
  if (values.stack === undefined) throw new Error(USAGE);
  const { stack, base } = values;
  const after = await versionOf(ROOT, stack);
  if (after === undefined) throw new Error(`There is no Pulumi.${stack}.yaml here. ${USAGE}`);
  const before = await withCheckout(base, (root) => versionOf(root, stack));
  process.stdout.write(await review(stack, before, after));
}

/** The stack in a checkout, by that checkout's own program; `undefined` where it is not there. */
async function versionOf(root: string, stack: string): Promise<Version | undefined> {
  const path = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(path) || !existsSync(join(root, programOf(root)))) return undefined;
  // What is wrong with the configuration is told by the program, all at once.
  const resources = await recordStack({ stack, file: readFileSync(path, 'utf8'), root });
  return { file: readStack(path), policies: configOf(stack, root), resources };
}

main().then(
  // Pulumi's runtime keeps listeners that would hold the process.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
