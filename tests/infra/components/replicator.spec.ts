import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import {
  DynamoDBReplicator,
  type DynamoDBReplicatorArgs,
  Endpoints,
  OnGap,
  TableManagement,
} from '../../../infra';
import { docker } from '../../../infra/components/docker';
import type { PolicyDocument } from '../../../infra/plan/iam/documents';
import { readSettings } from '../../../runtime/config';
import { READY } from '../../../review/offline-aws';
import { isUnknown } from '../../../review/wire';
import { programTable } from '../program-table';
import { record, secretIn, unknown, valueOf } from '../record';

export const IMAGE = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';

const plain: DynamoDBReplicatorArgs = {
  tables: [{ name: 'orders' }, { name: 'customers', destinationTable: 'crm' }],
  destination: { postgres: { host: 'warehouse.internal', passwordSecretArn: SECRET } },
  network: { vpcName: 'main' },
  image: { uri: IMAGE },
};

const make = (changes: Partial<DynamoDBReplicatorArgs> = {}) =>
  new DynamoDBReplicator('replicator', { ...plain, ...changes });

interface Container {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly image: string;
}

const containerOf = (inputs: Readonly<Record<string, unknown>>): Container =>
  (JSON.parse(inputs['containerDefinitions'] as string) as Container[])[0]!;

const environmentOf = ({ environment }: Container) =>
  Object.fromEntries(environment.map(({ name, value }) => [name, value]));

describe('DynamoDBReplicator', () => {
  const { silence } = docker;
  before(() => (docker.silence = () => undefined));
  after(() => (docker.silence = silence));

  it('registers the same resources in every run, and only those that it needs', async () => {
    const { resources } = await record(() => make());
    assert.deepEqual(
      resources
        .filter(({ type }) => !type.startsWith('dynamodb-replicator:'))
        .map(({ type, name }) => `${type.split(':').at(-1)} ${name}`)
        .sort(),
      [
        'Bucket replicator-exports',
        'BucketLifecycleConfiguration replicator-exports',
        'BucketOwnershipControls replicator-exports',
        'BucketPolicy replicator-exports',
        'BucketPublicAccessBlock replicator-exports',
        'BucketServerSideEncryptionConfiguration replicator-exports',
        'Cluster replicator-cluster',
        'Dashboard replicator-dashboard',
        'LogGroup replicator-log',
        'MetricAlarm replicator-backfill-failed',
        'MetricAlarm replicator-data-loss-ahead',
        'MetricAlarm replicator-dead-letters',
        'MetricAlarm replicator-gap',
        'MetricAlarm replicator-heartbeat-missing',
        'MetricAlarm replicator-lag',
        'MetricAlarm replicator-pipeline-failed',
        'Role replicator-execution',
        'Role replicator-task',
        'RolePolicy replicator-execution',
        'RolePolicy replicator-task',
        'SecurityGroup replicator-task',
        'Service replicator-service',
        'TaskDefinition replicator-task',
      ],
    );
  });

  it('tags every resource that AWS bills for with the tag that its budget counts', async () => {
    const { resources, only } = await record(() =>
      make({
        image: { build: {} },
        tables: [
          { name: 'new', management: TableManagement.Managed, create: { partitionKey: { name: 'id' } } },
        ],
        destination: { postgres: { host: 'h', user: 'u', password: 's3cr3t' } },
        network: { vpcName: 'main', endpoints: Endpoints.Create },
        monitoring: { alarmEmail: 'a@example.com', budget: { monthlyUsd: 100, email: 'a@example.com' } },
      }),
    );
    const [filter] = only('aws:budgets/budget:Budget')['costFilters'] as { values: readonly string[] }[];
    const [, key = '', value] = /^user:(.+)\$(.+)$/.exec(filter?.values[0] ?? '') ?? [];
    const tagged = resources.filter(({ inputs }) => {
      const tags = inputs['tags'] as Readonly<Record<string, string>> | undefined;
      return tags?.[key] === value && value !== undefined;
    });
    assert.deepEqual([...new Set(tagged.map(({ type }) => type.split(':').at(-1)))].sort(), [
      'Bucket',
      'Cluster',
      'Key',
      'LogGroup',
      'MetricAlarm',
      'Repository',
      'Secret',
      'Service',
      'Table',
      'Topic',
      'VpcEndpoint',
    ]);
  });

  it('keeps tags that a program adds', async () => {
    const transformations: pulumi.ResourceTransformation[] = [
      ({ type, props, opts }) =>
        type === 'aws:s3/bucket:Bucket'
          ? { props: { ...(props as object), tags: { team: 'a' } }, opts }
          : undefined,
    ];
    const { only } = await record(() => new DynamoDBReplicator('replicator', plain, { transformations }));
    assert.deepEqual(only('aws:s3/bucket:Bucket')['tags'], {
      team: 'a',
      'dynamodb-replicator': 'dynamodb-replicator/dev/replicator',
    });
  });

  it('gives the container settings that the runtime reads as intended', async () => {
    const { only } = await record(() => make());
    const container = containerOf(only('aws:ecs/taskDefinition:TaskDefinition'));
    const settings = readSettings({ flags: {}, environment: environmentOf(container) });
    assert.deepEqual(
      settings.tables.map(({ name, destinationTable }) => [name, destinationTable]),
      [
        ['orders', 'orders'],
        ['customers', 'crm'],
      ],
    );
    assert.deepEqual(settings.bucket, {
      name: 'dynamodb-replicator-dev-exports-123456789012-eu-west-1',
      prefix: 'dev',
    });
    assert.equal(settings.region, 'eu-west-1');
    assert.equal(settings.streamsEndpoint, undefined);
    assert.deepEqual(settings.metrics, {
      namespace: 'DynamoDBReplicator',
      replicator: 'dynamodb-replicator-dev',
    });
    assert.ok(settings.destination.kind === 'postgres');
    assert.deepEqual(settings.destination.postgres.password, { from: 'secret', arn: SECRET });
    assert.equal(settings.destination.postgres.tls, 'verify-full');
  });

  it('grants its task exactly what its tables, bucket and secret need', async () => {
    const { only } = await record(() => make());
    const document = JSON.parse(only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'] as string) as {
      Statement: { Sid: string; Resource: string[] }[];
    };
    const of = (sid: string) => document.Statement.find(({ Sid }) => Sid === sid)?.Resource;
    assert.deepEqual(of('DescribeAndExportTables'), [
      'arn:aws:dynamodb:eu-west-1:123456789012:table/customers',
      'arn:aws:dynamodb:eu-west-1:123456789012:table/orders',
    ]);
    assert.deepEqual(of('WriteExports'), [
      'arn:aws:s3:::dynamodb-replicator-dev-exports-123456789012-eu-west-1/dev/*',
    ]);
    assert.deepEqual(of('ReadDestinationSecret'), [SECRET]);
  });

  it('starts the task only when its roles have their policies', async () => {
    const { only } = await record(() => make(), { preview: true });
    assert.ok(isUnknown(only('aws:ecs/taskDefinition:TaskDefinition')['taskRoleArn']));
  });

  it('can be previewed before anything is known', async () => {
    const { all } = await record(
      () =>
        make({
          tables: [{ name: 'orders', management: TableManagement.Enable }],
          destination: {
            postgres: { host: unknown<string>(), user: 'replicator', password: pulumi.secret('x') },
          },
          network: { vpcId: unknown<string>(), subnetIds: unknown<string[]>() },
          exportBucket: { existingBucketName: unknown<string>() },
          access: {
            permissionsBoundaryArn: unknown<string>(),
            serviceAccount: { role: true, user: true, accessKey: true },
          },
          monitoring: { alarmEmail: 'a@example.com', budget: { monthlyUsd: 5, email: 'a@example.com' } },
        }),
      { preview: true },
    );
    assert.equal(all('aws:ecs/service:Service').length, 1);
  });

  it('replicates a table of this program, created or passed in', async () => {
    const { only, result } = await record(() => {
      const table = programTable('mine', { name: 'orders-of-mine' });
      return make({
        tables: [
          { name: 'mine', management: TableManagement.Managed, table },
          { name: 'new', management: TableManagement.Managed, create: { partitionKey: { name: 'id' } } },
        ],
      });
    });
    const tables = environmentOf(containerOf(only('aws:ecs/taskDefinition:TaskDefinition')));
    assert.equal(tables['DYNAMODB_REPLICATOR_TABLES'], '[{"name":"orders-of-mine"},{"name":"new"}]');
    const created = only('aws:dynamodb/table:Table', 'replicator-new-table');
    assert.equal(created['streamViewType'], 'NEW_AND_OLD_IMAGES');
    assert.equal(created['deletionProtectionEnabled'], true);
    assert.deepEqual(created['pointInTimeRecovery'], { enabled: true });
    assert.match(await valueOf(result.taskRoleArn), /role\/dynamodb-replicator-dev-task$/);
  });

  it('knows the task’s policy in every preview after the first', async () => {
    const { only } = await record(
      () => {
        const table = programTable('mine');
        return make({
          tables: [
            { name: 'mine', management: TableManagement.Managed, table },
            { name: 'new', management: TableManagement.Managed, create: { partitionKey: { name: 'key' } } },
          ],
        });
      },
      { preview: true, deployed: true },
    );
    const policy = only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'];
    assert.ok(!isUnknown(policy));
    assert.match(policy as string, /"dynamodb:Attributes":\["id"\].*"dynamodb:Attributes":\["key"\]/s);
  });

  it('stores a password in Secrets Manager, for the runtime to read', async () => {
    const { only } = await record(() =>
      make({
        destination: {
          postgres: { host: 'here.internal', user: 'replicator', password: pulumi.secret('s3cr3t') },
        },
      }),
    );
    const container = containerOf(only('aws:ecs/taskDefinition:TaskDefinition'));
    assert.deepEqual(container.secrets, []);
    assert.match(
      environmentOf(container)['DYNAMODB_REPLICATOR_POSTGRES_PASSWORD_SECRET'] ?? '',
      /secret:dynamodb-replicator-dev-destination-a1b2c3$/,
    );
    assert.ok(!JSON.stringify(container).includes('s3cr3t'));
    const version = only('aws:secretsmanager/secretVersion:SecretVersion', '-destination');
    assert.equal(secretIn(version['secretString']), 's3cr3t');
  });

  describe('after a gap', () => {
    const world = {
      tables: {
        orders: { ...READY, partitionKey: 'orderId', sortKey: 'line' },
        customers: { ...READY, partitionKey: 'id' },
      },
    };
    const made = async (args: Partial<DynamoDBReplicatorArgs>) => {
      const tables = [{ name: 'orders' }, { name: 'customers' }];
      const { only, result } = await record(() => make({ tables, ...args }), { world });
      return {
        environment: environmentOf(containerOf(only('aws:ecs/taskDefinition:TaskDefinition'))),
        policy: only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'] as string,
        sourcePolicy: await valueOf(result.sourceRolePolicy),
      };
    };

    it('heals it unless told otherwise, with permission to read each table’s key', async () => {
      const { environment, policy } = await made({});
      assert.equal(environment['DYNAMODB_REPLICATOR_ON_GAP'], 'heal');
      assert.equal(environment['DYNAMODB_REPLICATOR_HEAL_MAX_USD'], undefined);
      const { Statement } = JSON.parse(policy) as PolicyDocument;
      const read = Statement.filter(({ Action }) => Action.includes('dynamodb:BatchGetItem'));
      assert.deepEqual(
        read.map(({ Resource, Condition }) => [Resource, Condition?.['ForAllValues:StringEquals']]),
        [
          [['arn:aws:dynamodb:eu-west-1:123456789012:table/customers'], { 'dynamodb:Attributes': ['id'] }],
          [
            ['arn:aws:dynamodb:eu-west-1:123456789012:table/orders'],
            { 'dynamodb:Attributes': ['line', 'orderId'] },
          ],
        ],
      );
    });

    it('passes the limits on', async () => {
      const { environment } = await made({ settings: { heal: { maxUsd: 20, readUnitsPerSecond: 500 } } });
      assert.equal(environment['DYNAMODB_REPLICATOR_HEAL_MAX_USD'], '20');
      assert.equal(environment['DYNAMODB_REPLICATOR_HEAL_READ_UNITS_PER_SECOND'], '500');
    });

    for (const onGap of [OnGap.Wait, OnGap.Resync, OnGap.Exit])
      it(`does as told with ${onGap}, and may read no item`, async () => {
        const { environment, policy } = await made({ settings: { onGap } });
        assert.equal(environment['DYNAMODB_REPLICATOR_ON_GAP'], onGap);
        assert.doesNotMatch(policy, /GetItem|ReadKeys|Attributes/);
      });

    it('reads keys in another account only if it is told which they are', async () => {
      const access = { sourceRole: { roleArn: 'arn:aws:iam::210987654321:role/reader' } };
      const unknown = await made({ access });
      assert.doesNotMatch(unknown.policy + unknown.sourcePolicy, /GetItem/);
      const known = await made({ access, tables: [{ name: 'orders', keyAttributes: ['orderId'] }] });
      assert.doesNotMatch(known.policy, /GetItem/);
      assert.match(known.sourcePolicy, /"dynamodb:Attributes":\["orderId"\]/);
    });
  });

  it('may decrypt with the keys that the tables have, as their look-up and their program say', async () => {
    const key = (id: string) => `arn:aws:kms:eu-west-1:123456789012:key/${id}`;
    const { only } = await record(
      () => {
        const table = programTable('own', { serverSideEncryption: { enabled: true, kmsKeyArn: key('own') } });
        return make({
          tables: [
            { name: 'orders' },
            { name: 'customers' },
            { name: 'own', management: TableManagement.Managed, table },
          ],
        });
      },
      {
        world: {
          tables: {
            orders: { ...READY, kmsKeyArn: key('orders') },
            customers: { ...READY, kmsKeyArn: key('of-aws') },
          },
        },
      },
    );
    const { Statement } = JSON.parse(only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'] as string) as {
      Statement: readonly { Sid: string; Resource: readonly string[] }[];
    };
    assert.deepEqual(Statement.find(({ Sid }) => Sid === 'ReadEncryptedTables')?.Resource, [
      key('orders'),
      key('own'),
    ]);
  });

  it('injects a whole address, which the execution role may read and the task role may not', async () => {
    const { only } = await record(() => make({ destination: { postgres: { urlSecretArn: SECRET } } }));
    const container = containerOf(only('aws:ecs/taskDefinition:TaskDefinition'));
    assert.deepEqual(container.secrets, [{ name: 'DYNAMODB_REPLICATOR_POSTGRES_URL', valueFrom: SECRET }]);
    assert.match(only('aws:iam/rolePolicy:RolePolicy', '-execution')['policy'] as string, /InjectSecrets/);
    assert.doesNotMatch(only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'] as string, /secretsmanager/);
  });

  it('runs sidecars, and lets ECS pull them and read their secrets', async () => {
    const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-a1b2c3`;
    const digest = `@sha256:${'1'.repeat(64)}`;
    const { only } = await record(() =>
      make({
        image: { uri: `registry.example/replicator${digest}` },
        task: {
          repositoryCredentials: { arn: secret('registry') },
          sidecars: [
            {
              name: 'agent',
              image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent${digest}`,
              secrets: { API_KEY: pulumi.output(`${secret('agent')}:key::`) },
            },
          ],
        },
      }),
    );
    const text = only('aws:ecs/taskDefinition:TaskDefinition')['containerDefinitions'] as string;
    const [own, agent] = JSON.parse(text) as Record<string, unknown>[];
    assert.deepEqual(own?.['repositoryCredentials'], { credentialsParameter: secret('registry') });
    assert.deepEqual(agent?.['secrets'], [{ name: 'API_KEY', valueFrom: `${secret('agent')}:key::` }]);
    const document = JSON.parse(only('aws:iam/rolePolicy:RolePolicy', '-execution')['policy'] as string) as {
      Statement: { Sid: string; Resource: string[] }[];
    };
    const granted = Object.fromEntries(document.Statement.map(({ Sid, Resource }) => [Sid, Resource]));
    assert.deepEqual(granted['PullImage'], ['arn:aws:ecr:eu-west-1:123456789012:repository/agent']);
    assert.deepEqual(granted['LogInToRegistry'], [secret('registry')]);
    assert.deepEqual(granted['InjectSecrets'], [secret('agent')]);
  });

  it('keeps everything but its task while it is paused, and reports neither silence nor the task’s end', async () => {
    const monitoring = { alarmEmail: 'a@example.com' };
    const running = await record(() => make({ monitoring }));
    const paused = await record(() => make({ monitoring, task: { paused: true } }));
    const changed = paused.resources.flatMap(({ type, name, inputs }, index) =>
      Object.entries(inputs)
        .filter(([key, value]) => {
          const before: unknown = running.resources[index]?.inputs[key];
          return JSON.stringify(before) !== JSON.stringify(value);
        })
        .map(([key, value]) => `${type.split(':').at(-1)} ${name}: ${key} ${String(value)}`),
    );
    assert.deepEqual(changed, [
      'EventRule replicator-task-stopped: state DISABLED',
      'MetricAlarm replicator-heartbeat-missing: treatMissingData notBreaching',
      'Service replicator-service: desiredCount 0',
    ]);
    assert.equal(paused.resources.length, running.resources.length);
  });

  it('outputs the ARNs of bucket, tables, streams, alarms and topic, for programs that build on it', async () => {
    const { all, result } = await record(() => make({ monitoring: { alarmEmail: 'a@example.com' } }));
    const table = (name: string) => `arn:aws:dynamodb:eu-west-1:123456789012:table/${name}`;
    assert.equal(
      await valueOf(result.bucketArn),
      'arn:aws:s3:::dynamodb-replicator-dev-exports-123456789012-eu-west-1',
    );
    assert.deepEqual(await valueOf(result.tableArns), [table('orders'), table('customers')]);
    const stream = '/stream/2026-01-01T00:00:00.000';
    assert.deepEqual(await valueOf(result.streamArns), [
      table('orders') + stream,
      table('customers') + stream,
    ]);
    assert.equal(
      (await valueOf(result.alarmArns)).length,
      all('aws:cloudwatch/metricAlarm:MetricAlarm').length,
    );
    assert.equal(
      await valueOf(result.topicArn),
      'arn:aws:sns:eu-west-1:123456789012:dynamodb-replicator-dev-alarms',
    );
  });

  it('injects certificate authorities from their secret, with the key that decrypts it', async () => {
    const tlsCaSecretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:authorities-a1b2c3:ca::';
    const tlsCaSecretKmsKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const authorities = { tlsCaSecretArn, tlsCaSecretKmsKeyArn };
    const { only } = await record(() =>
      make({
        destination: {
          postgres: { host: 'warehouse.internal', passwordSecretArn: SECRET, ...authorities },
        },
      }),
    );
    const container = containerOf(only('aws:ecs/taskDefinition:TaskDefinition'));
    assert.deepEqual(container.secrets, [
      { name: 'DYNAMODB_REPLICATOR_POSTGRES_TLS_CA', valueFrom: tlsCaSecretArn },
    ]);
    const { Statement } = JSON.parse(
      only('aws:iam/rolePolicy:RolePolicy', '-execution')['policy'] as string,
    ) as { Statement: readonly { Sid: string; Resource: readonly string[] }[] };
    const resources = Object.fromEntries(Statement.map(({ Sid, Resource }) => [Sid, Resource]));
    // Without the part with which ECS picks one value of JSON.
    assert.deepEqual(resources['InjectSecrets'], [tlsCaSecretArn.replace(':ca::', '')]);
    assert.deepEqual(resources['InjectSecretsKey'], [tlsCaSecretKmsKeyArn]);
    assert.doesNotMatch(
      only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'] as string,
      /authorities-a1b2c3/,
    );
  });

  it('for tables of another account, assumes the role there and lets it write the exports', async () => {
    const roleArn = 'arn:aws:iam::210987654321:role/orders-reader';
    const { only, result } = await record(() =>
      make({ access: { sourceRole: { roleArn, externalId: 'replicator-7f3a' } } }),
    );
    const environment = environmentOf(containerOf(only('aws:ecs/taskDefinition:TaskDefinition')));
    assert.equal(environment['DYNAMODB_REPLICATOR_SOURCE_ROLE_ARN'], roleArn);
    assert.equal(environment['DYNAMODB_REPLICATOR_SOURCE_EXTERNAL_ID'], 'replicator-7f3a');
    assert.equal(environment['DYNAMODB_REPLICATOR_BUCKET_OWNER'], '123456789012');
    assert.match(only('aws:s3/bucketPolicy:BucketPolicy')['policy'] as string, /orders-reader/);
    assert.match(only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'] as string, /AssumeSourceRole/);
    assert.match(
      await valueOf(result.sourceRolePolicy),
      /arn:aws:dynamodb:eu-west-1:210987654321:table\/orders\/stream/,
    );
  });
});
