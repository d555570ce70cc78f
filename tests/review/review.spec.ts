import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, packFindings } from '../../review/findings';
import { recordStack } from '../../review/record-stack';
import { review, type Version } from '../../review/review';
import { readStackFile } from '../../review/stack-file';
import { assertSnapshotText } from '../infra/snapshot-text';
import { quickIf } from '../tiers/tier';

const PAIRS = join(__dirname, 'pairs');
const STACK = 'prod';

async function versionOf(path: string): Promise<Version | undefined> {
  if (!existsSync(path)) return undefined;
  const file = readFileSync(path, 'utf8');
  const resources = await recordStack({ stack: STACK, file });
  const { findings } = await packFindings(resources, configOf(STACK));
  return { file: readStackFile(file), findings, resources };
}

/** Each folder has two versions of a stack's file and the review of the difference, which `npm run snapshots` writes. */
describe('the review of a change', () => {
  for (const name of readdirSync(PAIRS)) {
    quickIf(['nothing', 'an-access-key', 'a-wider-network', 'gaps-that-are-healed'].includes(name)).it(
      `describes ${name.replaceAll('-', ' ')}`,
      async () => {
        const before = await versionOf(join(PAIRS, name, 'before.yaml'));
        const after = await versionOf(join(PAIRS, name, 'after.yaml'));
        assert.ok(after);
        assertSnapshotText(join(PAIRS, name, 'review.md'), review(STACK, before, after));
      },
    );
  }

  it('refuses a file that the program would refuse, with the same message', async () => {
    const file = readFileSync(join(PAIRS, 'nothing/after.yaml'), 'utf8').replace('cpu: 512', 'cpu: 300');
    await assert.rejects(recordStack({ stack: STACK, file }), /task\.cpu: Fargate does not support 300/);
  });
});
