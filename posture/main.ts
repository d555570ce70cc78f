import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordProgram, type RecordedResource } from '../review/record-program';
import { recordStack } from '../review/record-stack';
import { artieServiceAccount } from './artie-service-account';
import { terraformPlan } from './terraform-plan';

/** Writes the input of the outside tools: for each stack a folder with its plan and its policy documents. Argument: the folder to write to. */

const ROOT = join(__dirname, '..');

async function main(folder: string): Promise<void> {
  for (const stack of ['prod', 'dev', 'artie']) {
    const file = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), 'utf8');
    write(join(folder, stack), await recordStack({ stack, file }));
  }
  write(join(folder, 'artie-page'), await recordProgram({ stack: 'artie' }, artieServiceAccount));
}

function write(folder: string, resources: readonly RecordedResource[]): void {
  mkdirSync(join(folder, 'policies'), { recursive: true });
  writeFileSync(join(folder, 'tfplan.json'), JSON.stringify(terraformPlan(resources), null, 2));
  for (const { type, name, inputs } of resources) {
    const isIdentity = type === 'aws:iam/policy:Policy' || type === 'aws:iam/rolePolicy:RolePolicy';
    if (isIdentity) writeFileSync(join(folder, 'policies', `${name}.json`), String(inputs['policy']));
  }
}

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('Usage: posture/main.ts FOLDER');
main(folder).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
