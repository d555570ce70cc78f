import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import stack from '../../../infra/stack/program';
import { record, type Recording } from '../record';

const IMAGE = `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}`;

const SECRET_KEYS = ['dynamodb-replicator:destinationPassword'];

const values = {
  'aws:region': 'eu-west-1',
  'dynamodb-replicator:tables': [{ name: 'orders' }],
  'dynamodb-replicator:destination': { host: 'warehouse.internal', user: 'replicator' },
  'dynamodb-replicator:destinationPassword': 's3cr3t',
  'dynamodb-replicator:network': { vpcName: 'main' },
  'dynamodb-replicator:image': { uri: IMAGE },
};

function setConfig(changes: Readonly<Record<string, unknown>>): void {
  const config = Object.entries({ ...values, ...changes }).filter(([, value]) => value !== undefined);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      config.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    SECRET_KEYS,
  );
  process.env['PULUMI_CONFIG_SECRET_KEYS'] = JSON.stringify(SECRET_KEYS);
}

/** Runs the stack with a configuration. */
function run(changes: Readonly<Record<string, unknown>> = {}, recording: Recording = {}) {
  return record(() => {
    setConfig(changes);
    return stack();
  }, recording);
}

describe('the stack', () => {
  it('tells where everything is', async () => {
    const { result } = await run();
    assert.deepEqual(Object.keys(result), [
      'task_role_arn',
      'execution_role_arn',
      'bucket',
      'cluster',
      'service',
      'task_definition_arn',
      'security_group_id',
      'log_group',
      'logs_command',
      'dashboard_url',
    ]);
    const { logs_command: command } = result as { logs_command: pulumi.Output<string> };
    assert.equal(
      await new Promise((resolve) => command.apply(resolve)),
      'aws logs tail /dynamodb-replicator/replicator-dev --follow --region eu-west-1',
    );
  });

  it('tells the service account by the names of Artie’s page, the key as secrets', async () => {
    const { result } = await run({
      'dynamodb-replicator:serviceAccount': { role: true, user: true, accessKey: true },
    });
    const outputs = result as Record<string, pulumi.Output<string> | undefined>;
    assert.ok(outputs['service_role_arn']);
    for (const name of ['aws_access_key_id', 'aws_secret_access_key'])
      assert.equal(await pulumi.isSecret(outputs[name]!), true, name);
  });

  it('tells what the role of the tables’ account has to allow', async () => {
    const roleArn = 'arn:aws:iam::210987654321:role/orders-reader';
    const { result } = await run({ 'dynamodb-replicator:access': { sourceRole: { roleArn } } });
    assert.ok('source_role_policy' in result);
  });

  it('tags everything, and passes on what is configured for AWS', async () => {
    const { only } = await run({
      'aws:allowedAccountIds': ['123456789012'],
      'dynamodb-replicator:tags': { team: 'platform' },
    });
    const provider = only('pulumi:providers:aws');
    assert.deepEqual(JSON.parse(provider['defaultTags'] as string), {
      tags: { team: 'platform', 'dynamodb-replicator': 'replicator-dev' },
    });
    assert.equal(provider['region'], 'eu-west-1');
  });

  it('of another account creates nothing', async () => {
    await assert.rejects(run({ 'dynamodb-replicator:accountId': '210987654321' }), {
      name: 'InvalidArguments',
      message:
        'Stack dev: an argument is wrong; nothing was created.\n' +
        '  accountId: the credentials are of account 123456789012 (arn:aws:iam::123456789012:user/reviewer), and this stack belongs to ' +
        '210987654321: choose others (AWS_PROFILE, or pulumi config set aws:profile NAME)',
    });
  });

  it('tells at once everything that is not there or not fit, and creates nothing', async () => {
    const registered = record(
      async () => {
        setConfig({
          'dynamodb-replicator:tables': [{ name: 'ordres' }, { name: 'orders' }, { name: 'customers' }],
          'dynamodb-replicator:exportBucket': { existingBucketName: 'my-exports' },
          'dynamodb-replicator:network': { vpcName: 'main', endpoints: 'Create' },
        });
        return stack();
      },
      {
        world: {
          tables: {
            orders: { streamEnabled: false, streamViewType: '', recovery: true },
            customers: { streamEnabled: true, streamViewType: 'NEW_IMAGE', recovery: true },
          },
          buckets: { 'my-exports': 'us-east-1' },
          vpcs: [],
        },
      },
    );
    await assert.rejects(registered, (error: unknown) => {
      const told = (error as Error).message
        .split('\n')
        .filter((line) => /^ {2}[a-zA-Z]+(\[\d\])?: /.test(line) && !/^ {2}(Pulumi|Terraform):/.test(line))
        .map((line) => line.trim().split(/ \(|[.;] /)[0]);
      assert.deepEqual(told, [
        'tables[0]: table ordres: it cannot be read in region eu-west-1',
        'tables[1]: table orders: its stream is off',
        'exportBucket: bucket my-exports: it is in us-east-1, and VPC endpoints',
        'network: VPC main: network.vpcName: there is not exactly one VPC with the tag Name=main here',
      ]);
      return true;
    });
  });

  const told = async (changes: Readonly<Record<string, unknown>>, world: Recording['world'] = {}) => {
    let message = '';
    await assert.rejects(run(changes, { world }), (error: unknown) => {
      ({ message } = error as Error);
      return true;
    });
    const [head, ...lines] = message.split('\n');
    assert.match(head!, /^Stack dev: .* wrong; nothing was created\.$/);
    return lines.map((line) => line.trim());
  };

  it('tells what is in another region than it has to be', async () => {
    const key = 'arn:aws:kms:us-east-1:123456789012:key/1';
    assert.deepEqual(
      await told({
        'dynamodb-replicator:exportBucket': { kmsKeyArn: key },
        'dynamodb-replicator:task': {
          clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/shared',
          logKmsKeyArn: key,
        },
        'dynamodb-replicator:monitoring': { alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' },
      }),
      ['exportBucket.kmsKeyArn', 'task.clusterArn', 'task.logKmsKeyArn', 'monitoring.alarmTopicArn'].map(
        (key) => `${key}: it is in us-east-1 and has to be in eu-west-1, as the stack is`,
      ),
    );
  });

  it('tells that a secret or a cluster is not there', async () => {
    const passwordSecretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehose-a1b2c3';
    const absent = {
      'dynamodb-replicator:destination': { host: 'warehouse.internal', passwordSecretArn },
      'dynamodb-replicator:destinationPassword': undefined,
      'dynamodb-replicator:task': { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shred' },
    };
    assert.deepEqual(await told(absent), [
      `destination.passwordSecretArn: secret ${passwordSecretArn}: there is none (reading Secrets Manager Secret (${passwordSecretArn}): couldn't find resource); aws secretsmanager list-secrets --region eu-west-1 shows those there are`,
      "task.clusterArn: cluster shred: it cannot be read (reading ECS Cluster (shred): couldn't find resource); aws ecs list-clusters --region eu-west-1 shows those there are, and without task.clusterArn one is created",
    ]);
  });

  it('names commands with the profile of the stack', async () => {
    const lines = await told({
      'aws:profile': 'shop prod',
      'dynamodb-replicator:tables': [{ name: 'ordres' }],
      'dynamodb-replicator:task': { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shred' },
    });
    assert.equal(lines.length, 2);
    for (const line of lines)
      assert.match(
        line,
        /aws (dynamodb list-tables|ecs list-clusters) --region eu-west-1 --profile 'shop prod' shows/,
      );
  });

  it('takes no cluster of another account that has a namesake here', async () => {
    assert.deepEqual(
      await told({
        'dynamodb-replicator:task': { clusterArn: 'arn:aws:ecs:eu-west-1:210987654321:cluster/shared' },
      }),
      [
        'task.clusterArn: cluster shared: what there is of that name is arn:aws:ecs:eu-west-1:123456789012:cluster/shared, ACTIVE: name one that is active in this account',
      ],
    );
  });

  it('tells that there is no Dockerfile where one is said to be', async () => {
    assert.deepEqual(await told({ 'dynamodb-replicator:image': { build: { context: 'tests' } } }), [
      `image.build.context: there is no Dockerfile in tests, seen from ${process.cwd()}: name a checkout of this repository, or leave it out`,
    ]);
  });

  it('creates no second gateway in a route table, and takes its own for its own', async () => {
    const changes = { 'dynamodb-replicator:network': { vpcName: 'main', endpoints: 'Create' } };
    const endpoints = ['com.amazonaws.eu-west-1.s3'];
    assert.deepEqual(await told(changes, { endpoints }), [
      'network: VPC vpc-1: network.endpoints: Create, and the subnets’ route tables have an endpoint com.amazonaws.eu-west-1.s3 already (vpce-1). Have the others created too and set network.endpoints to Existing, or take the subnets’ route tables from that one',
    ]);
    const own = { endpoints, endpointTags: { 'dynamodb-replicator': 'replicator-dev' } };
    const { all } = await run(changes, { world: own });
    assert.equal(all('aws:ec2/vpcEndpoint:VpcEndpoint').length, 7 - 2);
    assert.ok(await run(changes, { world: { endpoints, gatewayRoutes: ['rtb-of-others'] } }));
  });

  it('without a way to the internet takes an image from ECR in its region only', async () => {
    const world = { subnets: { 'subnet-a': undefined } };
    const withImage = (uri: string) => ({
      'dynamodb-replicator:network': { vpcName: 'main', endpoints: 'Create' },
      'dynamodb-replicator:image': { uri },
    });
    const inEcr = (region: string) =>
      `123456789012.dkr.ecr.${region}.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;
    for (const uri of [IMAGE, inEcr('us-east-1')]) {
      assert.deepEqual(await told(withImage(uri), world), [
        'network: VPC vpc-1: image.uri: the subnets have no route to the internet, so that the image can only come from ECR in eu-west-1: copy it there, or have it built with image.build',
      ]);
    }
    assert.ok(await run(withImage(inEcr('eu-west-1')), { world }));
  });

  it('of a region that is none creates nothing', async () => {
    assert.deepEqual(await told({ 'aws:region': 'eu-west' }), [
      'aws:region: expected a region such as eu-west-1',
    ]);
  });

  it('looks for the endpoints that have to be there', async () => {
    await assert.rejects(run({ 'dynamodb-replicator:network': { vpcName: 'main', endpoints: 'Existing' } }), {
      message:
        /network: VPC vpc-1: network\.endpoints: Existing, and it has no endpoint com\.amazonaws\.eu-west-1\.dynamodb /,
    });
  });

  it('without a region creates nothing', async () => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    delete process.env['AWS_REGION'];
    delete process.env['AWS_DEFAULT_REGION'];
    try {
      await assert.rejects(run({ 'aws:region': undefined }), {
        message:
          'Stack dev: an argument is wrong; nothing was created.\n  aws:region: is needed: pulumi config set aws:region REGION',
      });
    } finally {
      if (AWS_REGION !== undefined) process.env['AWS_REGION'] = AWS_REGION;
      if (AWS_DEFAULT_REGION !== undefined) process.env['AWS_DEFAULT_REGION'] = AWS_DEFAULT_REGION;
    }
  });

  it('whose configuration is wrong says so without a stack trace', async () => {
    await assert.rejects(run({ 'dynamodb-replicator:tables': [] }), (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error as Error));
      assert.match((error as Error).message, /tables: name at least one table/);
      return true;
    });
  });

  it('previews as well', async () => {
    const { all } = await run({}, { preview: true });
    assert.equal(all('aws:ecs/service:Service').length, 1);
  });
});
