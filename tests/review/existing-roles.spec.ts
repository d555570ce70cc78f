import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { permissionChanges } from '../../review/permissions';
import type { RecordedResource } from '../../review/record-program';
import { recordStack } from '../../review/record-stack';

const ROLE = 'arn:aws:iam::123456789012:role/data/our-task';
const UNKNOWN = `The replicator runs with the existing role \`${ROLE}\`, of whose permissions only those that the stack attaches are known`;
const READS = /^The replicator may now read every change of \*\*customers\*\* and \*\*orders\*\*/;

/** The stack prod with an existing role for its task. */
function stackWith(access: Readonly<Record<string, unknown>>): Promise<readonly RecordedResource[]> {
  const text = readFileSync(join(__dirname, '../../Pulumi.prod.yaml'), 'utf8');
  const file = parse(text) as { config: Record<string, unknown> };
  file.config['dynamodb-replicator:access'] = access;
  return recordStack({ stack: 'prod', file: JSON.stringify(file) });
}

describe('the review of existing roles', () => {
  it('reports that their permissions are not known, and those that the stack attaches', async () => {
    const created = await stackWith({});
    const named = await stackWith({ taskRoleArn: ROLE });
    const attached = await stackWith({ taskRoleArn: ROLE, attachPolicies: true });
    const { gained } = permissionChanges(created, named);
    assert.deepEqual(gained, [UNKNOWN]);
    const more = permissionChanges(named, attached).gained;
    assert.ok(
      more.some((line) => READS.test(line)),
      more.join('\n'),
    );
    assert.ok(!more.includes(UNKNOWN));
    assert.deepEqual(permissionChanges(attached, attached), { gained: [], lost: [] });
  });
});
