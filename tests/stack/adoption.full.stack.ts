import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DetachUserPolicyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import { Aws, OF_ENVIRONMENT } from './aws';
import { CONFIGURATION, rulesIn } from './checked-stack';
import { ACCOUNT, awsEndpoint, Backend, editedStackFile, Engine, ROOT } from './engine';
import { useSurroundings } from './use-surroundings';

const STACK = 'adopttest';
const FILE = join(ROOT, `Pulumi.${STACK}.yaml`);
const PAGE = readFileSync(join(ROOT, 'docs/FROM-ARTIE.md'), 'utf8');
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/DynamoDBStreamsAccess`;
const USER = 'dynamodb-artie-user';

/** The page's first block of code in a language. */
function printed(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(PAGE) ?? [];
  return code as string;
}

/** The keys of the stack's file that the page shows, without the project's name. */
function printedConfiguration(): Readonly<Record<string, object>> {
  const { config } = parse(printed('yaml')) as { config: Readonly<Record<string, object>> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.split(':')[1], value]));
}

/** What the Terraform of Artie's setup page creates, and its bucket. @returns id of the access key */
async function seed(iam: IAMClient, s3: S3Client): Promise<string> {
  const RoleName = 'DynamoDBStreamsRole';
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ec2.amazonaws.com' },
        Effect: 'Allow',
        Sid: '',
      },
    ],
  };
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetShardIterator', 'dynamodb:DescribeStream', 'dynamodb:GetRecords'],
        Resource: '*',
      },
      { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: 'arn:aws:s3:::artie-exports' },
    ],
  };
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'DynamoDBStreamsAccess',
      Description: 'Policy that grants access to DynamoDB streams and exports for Artie',
      PolicyDocument: JSON.stringify(policy),
    }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: POLICY }));
  await iam.send(new CreateUserCommand({ UserName: USER, Path: '/' }));
  await iam.send(new AttachUserPolicyCommand({ UserName: USER, PolicyArn: POLICY }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: USER }));
  await s3.send(new CreateBucketCommand({ Bucket: 'artie-exports' }));
  await s3.send(new PutObjectCommand({ Bucket: 'artie-exports', Key: 'artie/manifest.json', Body: '{}' }));
  return AccessKey?.AccessKeyId as string;
}

describe('pulumi import of what Artie’s Terraform and others created', function () {
  // Each step starts where the previous one ended.
  this.bail(true);

  const backend = new Backend();
  const stack = new Engine(backend, ROOT, STACK);
  const place = { endpoint: awsEndpoint(), region: 'us-east-1', credentials: OF_ENVIRONMENT };
  const iam = new IAMClient(place);
  const s3 = new S3Client({ ...place, forcePathStyle: true });
  const dynamodb = new DynamoDBClient(place);
  const aws = new Aws();
  let key: string;

  useSurroundings();
  before(async () => {
    key = await seed(iam, s3);
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'ledger',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        // moto does not store a later change of it.
        SSESpecification: { Enabled: true },
      }),
    );
    const { exportBucket, ...groups } = printedConfiguration();
    writeFileSync(
      FILE,
      editedStackFile({
        ...groups,
        // So that the test can destroy it.
        exportBucket: { ...exportBucket, forceDestroy: true },
        tables: [
          { name: 'orders', management: 'Enable' },
          {
            name: 'ledger',
            management: 'Managed',
            create: { partitionKey: { name: 'id' }, deletionProtection: false },
          },
        ],
      }),
    );
    await stack.init({}, { destinationPassword: 's3cr3t' });
  });
  after(async () => {
    try {
      // A user cannot be deleted with a key or a policy that the stack did not give it.
      await Promise.allSettled([
        iam.send(new DeleteAccessKeyCommand({ UserName: USER, AccessKeyId: key })),
        iam.send(new DetachUserPolicyCommand({ UserName: USER, PolicyArn: POLICY })),
      ]);
      await stack.destroy();
    } finally {
      rmSync(FILE, { force: true });
      backend.remove();
      aws.close();
      for (const client of [iam, s3, dynamodb]) client.destroy();
    }
  });

  it('replaces and deletes nothing: role, policy, user, bucket and table are updated', async () => {
    const { resources } = JSON.parse(printed('json')) as { resources: readonly object[] };
    await stack.adopt([
      ...resources,
      {
        name: 'source',
        logicalName: 'replicator-ledger',
        type: 'dynamodb-replicator:index:SourceTable',
        component: true,
        parent: 'replicator',
      },
      {
        name: 'replicator-ledger-table',
        type: 'aws:dynamodb/table:Table',
        id: 'ledger',
        parent: 'source',
        provider: 'aws',
      },
    ]);
    const changes = await stack.changes();
    assert.deepEqual(
      changes.filter((change) => !change.startsWith('create ')),
      [
        'update aws:dynamodb/table:Table replicator-ledger-table',
        'update aws:iam/policy:Policy replicator-reader',
        'update aws:iam/role:Role replicator-reader',
        'update aws:iam/user:User replicator-reader',
        'update aws:s3/bucket:Bucket replicator-exports',
        'update pulumi:providers:aws aws',
      ],
    );
    for (const type of [
      'iam/role:Role replicator-reader',
      'iam/user:User',
      's3/bucket:Bucket',
      'dynamodb/table:Table',
    ])
      assert.ok(!changes.some((change) => change.startsWith(`create aws:${type}`)), type);
  });

  it('keeps names and key, and limits the policy', async () => {
    await stack.up();
    assert.deepEqual(await stack.changes(), []);
    const outputs = await stack.outputs();
    assert.equal(outputs['service_role_arn'], `arn:aws:iam::${ACCOUNT}:role/DynamoDBStreamsRole`);
    assert.equal(outputs['bucket'], 'artie-exports');
    assert.equal(outputs['export_prefix'], 'artie');
    const role = await aws.role('DynamoDBStreamsRole');
    assert.deepEqual(role.attached, [POLICY]);
    assert.match(JSON.stringify(role.trust), /"Service":"ec2\.amazonaws\.com"/);
    const { Statement } = await aws.managedPolicy(POLICY);
    assert.deepEqual(
      Statement.filter(({ Resource }) => Resource.includes('*')).map(({ Sid }) => Sid),
      ['ListStreamsAndExports'],
    );
    assert.deepEqual(Statement.find(({ Sid }) => Sid === 'WriteExports')?.Resource, [
      'arn:aws:s3:::artie-exports/artie/*',
    ]);
    await iam.send(new DetachUserPolicyCommand({ UserName: USER, PolicyArn: POLICY }));
    assert.deepEqual(await aws.user(USER), { own: 0, throughGroups: [POLICY], keys: [key] });
    assert.deepEqual((await aws.bucket('artie-exports')).expiry, { prefix: 'artie/', days: 7 });
    const { stream, recovery } = await aws.table('ledger');
    assert.deepEqual([stream, recovery], [true, 'ENABLED']);
  });

  it('has no finding of the policy pack but the user, which an exception names', async () => {
    const { passed, output } = await stack.policies(CONFIGURATION);
    assert.ok(passed, output);
    assert.deepEqual(rulesIn(output, 'mandatory'), [], output);
    assert.ok(!rulesIn(output, 'advisory').some((rule) => rule.startsWith('iam-')), output);
  });
});
