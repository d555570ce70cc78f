import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../runtime/config';
import { Aws } from './aws';
import { ACCOUNT, Backend, editedStackFile, Engine, IMAGE, ROOT } from './engine';
import { useSurroundings } from './use-surroundings';

const STACK = 'stacktest';
const FILE = join(ROOT, `Pulumi.${STACK}.yaml`);
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders`;
const BUCKET = `dynamodb-replicator-${STACK}-exports-${ACCOUNT}-us-east-1`;

describe('the stack, from creation to destroy', function () {
  // Each step starts where the previous one ended.
  this.bail(true);

  const backend = new Backend();
  const stack = new Engine(backend, ROOT, STACK);
  let aws: Aws;

  useSurroundings();
  before(async () => {
    aws = new Aws();
    rmSync(FILE, { force: true });
    writeFileSync(FILE, editedStackFile());
    await stack.init({}, { destinationPassword: 's3cr3t' });
  });
  after(async () => {
    try {
      await stack.destroy();
    } finally {
      rmSync(FILE, { force: true });
      backend.remove();
      aws.close();
    }
  });

  type Wrong = readonly [key: string, value: string, good: string, message: RegExp];
  /** Problems of the same check are reported together. */
  const wrong: readonly (readonly Wrong[])[] = [
    [['task.cpu', '300', '512', /task\.cpu: Fargate does not support 300; choose one of 256, 512/]],
    [
      [
        'tables[0].name',
        'ordres',
        'orders',
        /tables\[0\]: table ordres: it cannot be read in region us-east-1/,
      ],
      [
        'network.vpcName',
        'mian',
        'main',
        /network: VPC mian: network\.vpcName: there must be exactly one VPC/,
      ],
    ],
    [['accountId', '210987654321', ACCOUNT, /accountId: the credentials belong to account 123456789012/]],
  ];
  for (const values of wrong) {
    const what = values.map(([key, value]) => `${key}: ${value}`).join(' and ');
    it(`is refused for ${what}, without a stack trace, before anything is created`, async () => {
      for (const [key, value] of values) await stack.set(key, value);
      await assert.rejects(stack.changes(), (error: unknown) => {
        for (const [, , , message] of values) assert.match((error as Error).message, message);
        assert.doesNotMatch((error as Error).message, /\n\s+at /);
        return true;
      });
      for (const [key, , good] of values) await stack.set(key, good);
      assert.deepEqual(await aws.left(), { roles: [], users: [], buckets: [], clusters: [], alarms: [] });
    });
  }

  it('starts with a preview that only creates', async () => {
    const changes = await stack.changes();
    assert.ok(changes.length > 30);
    assert.deepEqual(
      changes.filter((change) => !change.startsWith('create ')),
      [],
    );
  });

  it('is created', async () => {
    await stack.up();
    const outputs = await stack.outputs();
    assert.equal(outputs['bucket'], BUCKET);
    assert.match(outputs['aws_access_key_id'] ?? '', /^AKIA/);
    assert.match(outputs['service_role_arn'] ?? '', /role\/dynamodb-replicator-stacktest-reader$/);
    const state = await stack.state();
    for (const secret of ['s3cr3t', outputs['aws_secret_access_key'] as string])
      assert.ok(!state.includes(secret), 'a secret is in plain text in the state');
  });

  it('has two roles for ECS tasks in AWS, each with the one policy that it needs', async () => {
    const task = await aws.role(`dynamodb-replicator-${STACK}-task`);
    assert.deepEqual(task.attached, []);
    assert.equal(task.inline.length, 1);
    const resources = Object.fromEntries(
      task.inline[0]!.Statement.map(({ Sid, Resource }) => [Sid, Resource]),
    );
    assert.deepEqual(resources['DescribeAndExportTables'], [TABLE]);
    assert.deepEqual(resources['ReadKeys'], [TABLE]);
    assert.deepEqual(resources['ReadStreams'], [`${TABLE}/stream/*`]);
    assert.deepEqual(resources['WriteExports'], [`arn:aws:s3:::${BUCKET}/${STACK}/*`]);
    assert.deepEqual(Object.keys(resources).sort(), [
      'DescribeAndExportTables',
      'FindExports',
      'FollowExports',
      'ReadDestinationSecret',
      'ReadExports',
      'ReadKeys',
      'ReadStreams',
      'WriteExports',
    ]);
    assert.deepEqual(task.trust, {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'EcsTasks',
          Effect: 'Allow',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            ArnLike: { 'aws:SourceArn': `arn:aws:ecs:us-east-1:${ACCOUNT}:*` },
            StringEquals: { 'aws:SourceAccount': ACCOUNT },
          },
        },
      ],
    });
    const execution = await aws.role(`dynamodb-replicator-${STACK}-execution`);
    assert.deepEqual(
      execution.inline[0]!.Statement.map(({ Sid }) => Sid),
      ['AuthorizePull', 'PullImage', 'WriteLog'],
    );
  });

  it('has a service account in AWS whose user gets its permissions through a group', async () => {
    const role = await aws.role(`dynamodb-replicator-${STACK}-reader`);
    const user = await aws.user(`dynamodb-replicator-${STACK}-reader`);
    assert.equal(user.own, 0);
    assert.deepEqual(user.throughGroups, role.attached);
    assert.equal(user.keys.length, 1);
    const policy = await aws.managedPolicy(role.attached[0]!);
    assert.ok(policy.Statement.some(({ Sid }) => Sid === 'LocateBucket'));
  });

  it('has a bucket in AWS that is private and encrypted, and deletes exports', async () => {
    assert.deepEqual(await aws.bucket(BUCKET), {
      publicAccess: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      ownership: 'BucketOwnerEnforced',
      encryption: 'AES256',
      expiry: { prefix: `${STACK}/`, days: 7 },
      abortDays: 1,
      denied: ['TlsOnly', 'Tls12OrNewer'],
    });
  });

  it('has turned on stream and recovery of the table in AWS', async () => {
    const { stream, viewType, recovery } = await aws.table('orders');
    assert.deepEqual([stream, viewType, recovery], [true, 'NEW_AND_OLD_IMAGES', 'ENABLED']);
  });

  it('has one task in AWS, whose environment the runtime can read', async () => {
    const { service, task, container } = await aws.service(
      `dynamodb-replicator-${STACK}`,
      `dynamodb-replicator-${STACK}`,
    );
    assert.equal(service?.desiredCount, 1);
    assert.equal(service.networkConfiguration?.awsvpcConfiguration?.assignPublicIp, 'DISABLED');
    assert.equal(service.networkConfiguration.awsvpcConfiguration.subnets?.length, 2);
    assert.equal(task?.runtimePlatform?.cpuArchitecture, 'ARM64');
    assert.equal(container?.readonlyRootFilesystem, true);
    assert.equal(container.image, IMAGE);
    const environment = Object.fromEntries(
      (container.environment ?? []).map(({ name, value }) => [name as string, value]),
    );
    const settings = readSettings({ flags: {}, environment });
    assert.deepEqual(settings.bucket, { name: BUCKET, prefix: STACK });
    assert.ok(!JSON.stringify(container).includes('s3cr3t'));
  });

  it('has alarms and a dashboard in AWS', async () => {
    const alarms = await aws.alarms(`dynamodb-replicator-${STACK}-`);
    assert.equal(alarms.length, 8);
    const lag = alarms.find(({ AlarmName }) => AlarmName === `dynamodb-replicator-${STACK}-lag`);
    assert.equal(lag?.Threshold, 900_000);
    assert.match(await aws.dashboard(`dynamodb-replicator-${STACK}`), /ReplicationLagMs/);
  });

  it('does not change when deployed again', async () => {
    await stack.up('--expect-no-changes');
  });

  it('changes only the alarm whose threshold changes', async () => {
    await stack.set('monitoring.lagMinutes', '5');
    assert.deepEqual(await stack.changes(), ['update aws:cloudwatch/metricAlarm:MetricAlarm replicator-lag']);
    await stack.up();
    const [lag] = await aws.alarms(`dynamodb-replicator-${STACK}-lag`);
    assert.equal(lag?.Threshold, 300_000);
  });

  it('changes only the task and its service when a setting of the runtime changes', async () => {
    await stack.set('settings.maxColumns', '100');
    assert.deepEqual(await stack.changes(), [
      'replace aws:ecs/taskDefinition:TaskDefinition replicator-task',
      'update aws:ecs/service:Service replicator-service',
    ]);
    await stack.up();
  });

  it('has not drifted', async () => {
    await stack.refresh('--expect-no-changes');
    await stack.up('--expect-no-changes');
  });

  it('when destroyed, leaves the table’s stream and recovery on, and nothing else', async () => {
    const { streamArn } = await aws.table('orders');
    await stack.destroy();
    assert.deepEqual(await aws.left(), { roles: [], users: [], buckets: [], clusters: [], alarms: [] });
    assert.deepEqual(await aws.table('orders'), {
      stream: true,
      viewType: 'NEW_AND_OLD_IMAGES',
      streamArn,
      recovery: 'ENABLED',
    });
  });
});
