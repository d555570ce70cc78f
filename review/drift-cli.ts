import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { driftPolicy } from './drift-policy';
import { recordWholeStack } from './record-stack';
import { readStack } from './stack-file';

/** `npm run drift-policy -- --stack prod`: prints the policy of the role that previews the stack and checks it for drift. */

const ROOT = join(__dirname, '..');
const USAGE =
  'Usage: npm run drift-policy -- --stack NAME [--account ID] (default of ID: accountId of the stack’s file)';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stack: { type: 'string' }, account: { type: 'string' } } });
  const { stack } = values;
  if (stack === undefined) throw new Error(USAGE);
  const path = join(ROOT, `Pulumi.${stack}.yaml`);
  const { settings, region } = readStack(path);
  const account = values.account ?? settings['accountId'];
  if (typeof account !== 'string' || !/^\d{12}$/.test(account))
    throw new Error(
      `The policy names the stack’s account, which the stack’s file does not: pass --account. ${USAGE}`,
    );
  if (region === undefined) throw new Error(`Pulumi.${stack}.yaml has no aws:region.`);
  const recorded = await recordWholeStack({ stack, file: readFileSync(path, 'utf8'), account });
  process.stdout.write(`${JSON.stringify(driftPolicy(recorded, { account, region }), null, 2)}\n`);
}

main().then(
  // Listeners of Pulumi's runtime would keep the process alive.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
