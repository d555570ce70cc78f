import assert from 'node:assert/strict';
import type * as pulumi from '@pulumi/pulumi';
import {
  DynamoDBReplicator,
  ExportBucket,
  ReplicatorAccess,
  ReplicatorImage,
  ReplicatorMonitoring,
  ReplicatorService,
  ServiceAccount,
  SourceTable,
} from '../../../infra';
import { outputsOf } from '../../../infra/components/outputs';
import schema from '../../../infra/schema.json';
import { MONITORED } from '../monitored';
import { record } from '../record';

const ARN = 'arn:aws:s3:::my-exports';
const ACCOUNT = { role: true, user: true, accessKey: true };
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';
const URI = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;

/** Each component, with every argument that gives it an output. */
const COMPONENTS: Readonly<Record<string, () => pulumi.ComponentResource>> = {
  DynamoDBReplicator: () =>
    new DynamoDBReplicator('whole', {
      tables: [{ name: 'orders' }],
      destination: { postgres: { host: 'warehouse.internal', user: 'replicator', password: 's3cr3t' } },
      network: { vpcName: 'main' },
      image: { uri: URI },
      access: { serviceAccount: ACCOUNT },
    }),
  ExportBucket: () => new ExportBucket('bucket', {}),
  ReplicatorAccess: () =>
    new ReplicatorAccess('access', {
      tables: [{ arn: ARN }],
      bucket: { arn: ARN },
      logGroupName: 'log',
      serviceAccount: ACCOUNT,
    }),
  ReplicatorMonitoring: () =>
    new ReplicatorMonitoring('monitoring', { ...MONITORED, alarmEmail: 'platform@example.com' }),
  ReplicatorService: () =>
    new ReplicatorService('service', {
      tables: [{ name: 'orders' }],
      bucket: { name: 'my-exports' },
      postgres: { host: 'warehouse.internal', passwordSecretArn: SECRET },
      imageUri: URI,
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      network: { vpcName: 'main' },
    }),
  ServiceAccount: () =>
    new ServiceAccount('account', { tables: [{ arn: ARN }], bucket: { arn: ARN }, ...ACCOUNT }),
  SourceTable: () => new SourceTable('table', { name: 'orders' }),
};

/** The outputs that programs in other languages read, by the package's schema. */
const declared = (name: string): readonly string[] => {
  const resources = schema.resources as Readonly<Record<string, { readonly properties: object }>>;
  return Object.keys(resources[`dynamodb-replicator:index:${name}`]?.properties ?? {}).sort();
};

describe('the outputs that a component registers', () => {
  for (const [name, make] of Object.entries(COMPONENTS))
    it(`of ${name} are those of the package’s schema`, async () => {
      const { result } = await record(make);
      assert.deepEqual(Object.keys(outputsOf(result)).sort(), declared(name));
    });

  it('leave out those that are not set', async () => {
    const { result } = await record(() => new ReplicatorImage('image', { uri: URI }));
    assert.deepEqual(Object.keys(outputsOf(result)), ['uri']);
  });
});
