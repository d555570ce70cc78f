import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { ServiceAccount } from '../../infra';
import { RULES } from '../../policy/rules';
import { belongsToReplicator } from '../../policy/stack/replicators';
import { recordProgram, type RecordedResource } from '../../review/record-program';
import { recordStack } from '../../review/record-stack';
import { assertSnapshotText } from '../infra/snapshot-text';
import { configOf, packFindings, type PackFinding } from '../../review/findings';
import { loadExample } from './load-example';
import { ordinaryStack } from './ordinary-stack';
import { poorStack } from './poor-stack';

const ROOT = join(__dirname, '../..');
const fileOf = (stack: string) => readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), 'utf8');
const recorded = new Map<string, Promise<readonly RecordedResource[]>>();
/** Recorded once each, as recording takes longer than the tests. */
function record(stack: string, preview = false): Promise<readonly RecordedResource[]> {
  const key = `${stack} ${String(preview)}`;
  const before = recorded.get(key) ?? recordStack({ stack, file: fileOf(stack), preview });
  recorded.set(key, before);
  return before;
}

/** The examples in TypeScript, with the pack's findings in each. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  'artie-service-account': [
    'iam-no-long-lived-key: aws:iam/accessKey:AccessKey artie-reader: an access key is valid until it is deleted; use a role',
    'iam-no-long-lived-key: aws:iam/user:User artie-reader: an IAM user has long-lived credentials; use a role',
  ],
  'existing-table': [],
  'managed-table': [
    'ddb-deletion-protection: aws:dynamodb/table:Table invoices: deletion protection is off',
    'ddb-deletion-protection: aws:dynamodb/table:Table managed-payments-table: deletion protection is off',
    'ddb-encryption-kms: aws:dynamodb/table:Table invoices: it is encrypted with DynamoDB’s own key',
  ],
  'own-vpc': [],
  'several-tables': [],
};

const PLACE = {
  account: '123456789012',
  region: 'eu-west-1',
  // The settings of own-vpc.
  subnetIds: ['own-0-id', 'own-1-id'],
  withoutEndpoints: true,
};
const IMAGE = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';

describe('the pack over recorded stacks', () => {
  it('finds nothing in production, without exceptions', async () => {
    const config = configOf('prod');
    assert.ok(!JSON.stringify(config).includes('exceptions'));
    assert.deepEqual(await packFindings(await record('prod'), config), { findings: [], unknown: [] });
  });

  it('finds nothing in dev, without exceptions', async () => {
    const config = configOf('dev');
    assert.ok(!JSON.stringify(config).includes('exceptions'));
    assert.deepEqual(await packFindings(await record('dev'), config), { findings: [], unknown: [] });
  });

  it('finds the service account’s user and key in artie, and nothing else', async () => {
    const { findings } = await packFindings(await record('artie'));
    assert.deepEqual(findings.map(shown).sort(), [
      'iam-no-long-lived-key: aws:iam/accessKey:AccessKey replicator-reader: an access key is valid until it is deleted; use a role',
      'iam-no-long-lived-key: aws:iam/user:User replicator-reader: an IAM user has long-lived credentials; use a role',
    ]);
  });

  it('accepts both with that stack’s configuration, which gives the reasons', async () => {
    assert.deepEqual(await packFindings(await record('artie'), configOf('artie')), {
      findings: [],
      unknown: [],
    });
  });

  for (const stack of ['prod', 'dev', 'artie']) {
    it(`finds nothing more in a preview of ${stack}, where some values are unknown`, async () => {
      const rules = new Set(RULES.filter((rule) => 'validateResource' in rule).map(({ name }) => name));
      const { findings, unknown } = await packFindings(await record(stack, true), configOf(stack));
      assert.deepEqual(
        findings.filter(({ rule }) => rules.has(rule)),
        [],
      );
      assert.ok(unknown.length > 0);
    });
  }

  for (const [name, expected] of Object.entries(EXAMPLES)) {
    it(`finds in the example ${name}: ${expected.length === 0 ? 'nothing' : `${expected.length} findings`}`, async () => {
      const resources = await recordProgram({ stack: 'dev', place: PLACE }, () => {
        const values = { image: IMAGE, credentialsArn: SECRET, addressArn: SECRET, password: 's3cr3t' };
        const keys = Object.entries(values).map(
          ([key, value]) => [`dynamodb-replicator:${key}`, value] as const,
        );
        pulumi.runtime.setAllConfig(Object.fromEntries(keys), ['dynamodb-replicator:password']);
        loadExample(name);
      });
      const { findings } = await packFindings(resources);
      assert.deepEqual(findings.map(shown).sort(), expected);
    });
  }

  it('finds nothing in a service account whose role an instance of EC2 assumes', async () => {
    const resources = await recordProgram({ stack: 'dev' }, () => {
      new ServiceAccount('reader', {
        tables: [{ arn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders' }],
        bucket: { arn: 'arn:aws:s3:::exports', prefix: 'reader' },
        trustedService: 'ec2.amazonaws.com',
      });
    });
    assert.deepEqual((await packFindings(resources)).findings.map(shown), []);
  });

  it('recognizes every resource of this package as a replicator’s, and none of other stacks', async () => {
    const isAws = ({ type }: RecordedResource) => type.startsWith('aws:');
    const recognized = (one: RecordedResource) => belongsToReplicator({ urn: one.urn, props: one.inputs });
    for (const stack of ['prod', 'dev', 'artie']) {
      const resources = (await record(stack)).filter(isAws);
      assert.deepEqual(
        resources.filter((one) => !recognized(one)).map(({ urn }) => urn),
        [],
      );
      assert.ok(resources.length > 0);
    }
    const others = await recordProgram({ stack: 'dev' }, ordinaryStack);
    assert.deepEqual(others.filter(recognized), []);
  });

  it('finds in the poor stack, as a replicator’s, what the table lists, with every rule', async () => {
    const resources = ofReplicator(await recordProgram({ stack: 'prod' }, poorStack));
    const { findings } = await packFindings(resources, {
      'iam-permission-boundary': { boundary: 'arn:aws:iam::*:policy/BOUNDARY' },
      'required-tags': { tags: { team: '' } },
    });
    const found = new Set(findings.map(({ rule }) => rule));
    const silent = RULES.map(({ name }) => name).filter((name) => !found.has(name));
    // The stack's key would have to be old.
    assert.deepEqual(silent, ['iam-access-key-age']);
    assertSnapshotText(
      join(__dirname, 'poor-stack.md'),
      table('poor-stack', 'prod', findings, ', as part of a replicator'),
    );
  });

  it('finds in an ordinary stack without a replicator what the table lists', async () => {
    const { findings } = await packFindings(await recordProgram({ stack: 'dev' }, ordinaryStack));
    assertSnapshotText(join(__dirname, 'ordinary-stack.md'), table('ordinary-stack', 'dev', findings));
  });
});

/** The resources as those of a replicator. */
function ofReplicator(resources: readonly RecordedResource[]): readonly RecordedResource[] {
  return resources.map((one) => ({
    ...one,
    urn: one.urn.replace(`::${one.type}::`, `::dynamodb-replicator:index:DynamoDBReplicator$${one.type}::`),
  }));
}

function shown({ rule, resource, message }: PackFinding): string {
  return `${rule}: ${resource}: ${message}`;
}

function table(name: string, stack: string, findings: readonly PackFinding[], how = ''): string {
  const rows = findings
    .map(({ rule, level, resource, message }) => `| ${rule} | ${level} | ${resource} | ${message} |`)
    .sort();
  return [
    `# Findings in the ${name.replace('-', ' ')}`,
    '',
    `\`tests/policy/${name}.ts\`, in a stack named ${stack}${how}. Written by \`npm run snapshots\`.`,
    '',
    '| Rule | Level | Resource | Finding |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
