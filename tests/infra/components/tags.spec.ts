import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import {
  DynamoDBReplicator,
  type DynamoDBReplicatorArgs,
  Endpoints,
  ReplicatorService,
  TableManagement,
} from '../../../infra';
import { docker } from '../../../infra/components/docker';
import type { Registration } from '../../../review/record-program';
import { record } from '../record';

/** A replicator with every resource that it can create. */
const EVERYTHING: DynamoDBReplicatorArgs = {
  tables: [{ name: 'new', management: TableManagement.Managed, create: { partitionKey: { name: 'id' } } }],
  destination: { postgres: { host: 'warehouse.internal', user: 'replicator', password: 's3cr3t' } },
  network: { vpcName: 'main', endpoints: Endpoints.Create },
  image: { build: {} },
  access: { serviceAccount: { role: true, user: true, accessKey: true } },
  task: { spot: true },
  monitoring: { alarmEmail: 'a@example.com', budget: { monthlyUsd: 100, email: 'a@example.com' } },
};

const tagsOf = ({ inputs }: Registration) => inputs['tags'] as Readonly<Record<string, string>> | undefined;

/** Whether the SDK's resource has an argument `tags`. @param type such as `aws:ecs/service:Service` */
function takesTags(type: string): boolean {
  const [, path = ''] = type.split(':');
  const source = readFileSync(require.resolve(`@pulumi/aws/${path}.js`), 'utf8');
  return source.includes('resourceInputs["tags"] = args');
}

describe('the tags of a component', () => {
  const { silence } = docker;
  before(() => (docker.silence = () => undefined));
  after(() => (docker.silence = silence));

  it('are on every resource that takes tags', async () => {
    const tags = { team: 'shop', stage: pulumi.output('test') };
    const { resources } = await record(() => new DynamoDBReplicator('replicator', { ...EVERYTHING, tags }));
    const ours = resources.filter(({ type }) => type.startsWith('aws:'));
    const tagged = ours.filter(
      (one) => tagsOf(one)?.['team'] === 'shop' && tagsOf(one)?.['stage'] === 'test',
    );
    const expected = ours.filter(({ type }) => takesTags(type));
    assert.deepEqual(
      tagged.map(({ urn }) => urn),
      expected.map(({ urn }) => urn),
    );
    assert.ok(expected.length > 20);
  });

  it('leave tags that the program adds to a resource', async () => {
    const { all } = await record(() => {
      const add: pulumi.ResourceTransformation = ({ type, props, opts }) =>
        type === 'aws:ecs/service:Service'
          ? { props: { ...(props as object), tags: { team: 'data', tier: '1' } }, opts }
          : undefined;
      return new DynamoDBReplicator(
        'replicator',
        { ...EVERYTHING, tags: { team: 'shop', stage: 'test' } },
        { transformations: [add] },
      );
    });
    const [service] = all('aws:ecs/service:Service');
    assert.deepEqual(service && tagsOf(service), {
      team: 'data',
      stage: 'test',
      tier: '1',
      'dynamodb-replicator': 'dynamodb-replicator/dev/replicator',
    });
  });

  it('are on a service alone, too, and on nothing outside of it', async () => {
    const { all } = await record(() => {
      new aws.s3.Bucket('other', {});
      return new ReplicatorService('orders', {
        tables: [{ name: 'orders' }],
        bucket: { name: 'my-exports' },
        postgres: {
          host: 'warehouse.internal',
          passwordSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3',
        },
        imageUri: `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}`,
        taskRoleArn: 'arn:aws:iam::123456789012:role/task',
        executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
        network: { vpcName: 'main' },
        tags: { team: 'shop' },
      });
    });
    const [bucket, service] = [all('aws:s3/bucket:Bucket')[0], all('aws:ecs/service:Service')[0]];
    assert.equal(bucket && tagsOf(bucket), undefined);
    assert.deepEqual(service && tagsOf(service), {
      team: 'shop',
      'dynamodb-replicator': 'dynamodb-replicator/dev/orders',
    });
  });
});
