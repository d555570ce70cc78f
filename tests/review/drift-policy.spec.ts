import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { POLICY_LIMITS } from '../../infra/plan/iam/documents';
import { needsEverything } from '../../policy/iam/service-reference';
import { type DriftPolicy, driftPolicy } from '../../review/drift-policy';
import { LOOKUPS, REFRESHES } from '../../review/read-actions';
import { recordWholeStack } from '../../review/record-stack';
import { formatted } from '../formatted';
import { assertSnapshotText } from '../infra/snapshot-text';
import { quickIf } from '../tiers/tier';

const ROOT = join(__dirname, '../..');
const PLACE = { account: '123456789012', region: 'eu-west-1' };

async function policyOf(stack: string): Promise<DriftPolicy> {
  const file = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), 'utf8');
  return driftPolicy(await recordWholeStack({ stack, file, account: PLACE.account }), PLACE);
}

/** The text of every file of the package, which a stack's program is made of. */
function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return entry.name.endsWith('.ts') ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}

const PROGRAM = sources(join(ROOT, 'infra'));
const namesIn = (pattern: RegExp) =>
  [
    ...new Set([...PROGRAM.matchAll(pattern)].map(([, module, name]) => `${module ?? 'index'}.${name}`)),
  ].sort();

/** `ecs.Service` of `aws:ecs/service:Service`. */
const shortName = (type: string) => type.replace(/^aws:(\w+)\/.*:(\w+)$/, '$1.$2');

/** What only reads, and no data. */
const READS = /^[a-z0-9-]+:(Describe|Get|List|View|BatchGetImage)/;
const DATA = [
  'dynamodb:GetItem',
  'dynamodb:GetRecords',
  'kms:Decrypt',
  'logs:GetLogEvents',
  's3:GetObject',
  'secretsmanager:GetSecretValue',
];

describe('the policy of the role that checks for drift', () => {
  for (const stack of ['dev', 'prod', 'artie'])
    quickIf(stack === 'prod').it(
      `is this for ${stack}, reads no data of others, and fits into a role`,
      async () => {
        const policy = await policyOf(stack);
        const file = join(__dirname, 'drift', `${stack}.json`);
        assertSnapshotText(file, await formatted(file, JSON.stringify(policy)));
        assert.ok(JSON.stringify(policy).length <= POLICY_LIMITS.inline);
        for (const { Action, Resource } of policy.Statement)
          for (const action of Action) {
            assert.match(action, READS);
            // Only of secrets that the stack itself has written.
            if (DATA.includes(action)) {
              assert.equal(action, 'secretsmanager:GetSecretValue');
              for (const arn of Resource) assert.match(arn, /:secret:dynamodb-replicator-.*-\?{6}$/);
            }
            if (needsEverything(action)) assert.deepEqual(Resource, ['*'], action);
          }
      },
    );

  it('knows how each resource that the package can create is read', () => {
    const created = namesIn(/\bnew aws\.([a-z0-9]+)\.(\w+)\(/g);
    const known = new Set(Object.keys(REFRESHES).map(shortName));
    assert.deepEqual(
      created.filter((name) => !known.has(name)),
      [],
    );
    assert.ok(created.length > 30);
  });

  it('knows how each function that the package calls reads', () => {
    const called = namesIn(/\baws(?:\.([a-z0-9]+))?\.(get\w+?)(?:Output)?\(/g);
    const known = new Set(Object.keys(LOOKUPS).map(shortName));
    assert.deepEqual(
      called.filter((name) => !known.has(name)),
      [],
    );
    assert.ok(called.length > 10);
  });

  it('is refused for a resource that nobody has described', () => {
    const resource = { type: 'aws:sqs/queue:Queue', name: 'q', urn: 'urn', inputs: {}, outputs: {} };
    assert.throws(() => driftPolicy({ resources: [resource], lookups: [] }, PLACE), {
      name: 'UnknownReading',
      message: 'review/read-actions.ts does not have the actions that read aws:sqs/queue:Queue.',
    });
  });

  it('allows what several resources need once, each on its own resource', () => {
    const bucket = (name: string) => ({
      type: 'aws:s3/bucketPolicy:BucketPolicy',
      name,
      urn: 'urn',
      inputs: {},
      outputs: { bucket: name },
    });
    assert.deepEqual(
      driftPolicy({ resources: [bucket('b'), bucket('a'), bucket('b')], lookups: [] }, PLACE),
      {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'ReadS31',
            Effect: 'Allow',
            Action: ['s3:GetBucketPolicy'],
            Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
          },
        ],
      },
    );
  });
});
