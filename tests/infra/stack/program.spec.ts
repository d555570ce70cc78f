import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import stack from '../../../infra/stack/program';
import { READY } from '../../../review/offline-aws';
import { record, type Recording, valueOf } from '../record';

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

/** Runs the stack's program with a configuration. */
function run(changes: Readonly<Record<string, unknown>> = {}, recording: Recording = {}) {
  return record(() => {
    setConfig(changes);
    return stack();
  }, recording);
}

describe('the stack', () => {
  it('outputs where everything is', async () => {
    const { result } = await run();
    assert.deepEqual(Object.keys(result), [
      'task_role_arn',
      'execution_role_arn',
      'bucket',
      'bucket_arn',
      'table_arns',
      'stream_arns',
      'export_prefix',
      'cluster',
      'service',
      'task_definition_arn',
      'security_group_id',
      'log_group',
      'logs_command',
      'alarm_arns',
      'topic_arn',
      'dashboard_url',
    ]);
    const { logs_command: command } = result as { logs_command: pulumi.Output<string> };
    assert.equal(
      await new Promise((resolve) => command.apply(resolve)),
      'aws logs tail /dynamodb-replicator/dynamodb-replicator-dev --follow --region eu-west-1',
    );
  });

  it('outputs the service account under the names of Artie’s page, and the key as secrets', async () => {
    const { result } = await run({
      'dynamodb-replicator:serviceAccount': { role: true, user: true, accessKey: true },
    });
    const outputs = result as Record<string, pulumi.Output<string> | undefined>;
    assert.ok(outputs['service_role_arn']);
    for (const name of ['aws_access_key_id', 'aws_secret_access_key'])
      assert.equal(await pulumi.isSecret(outputs[name]!), true, name);
  });

  it('outputs the policy that the role in the tables’ account needs', async () => {
    const roleArn = 'arn:aws:iam::210987654321:role/orders-reader';
    const { result } = await run({ 'dynamodb-replicator:access': { sourceRole: { roleArn } } });
    assert.ok('source_role_policy' in result);
  });

  it('tags everything, and passes on the configuration of the AWS provider', async () => {
    const { only } = await run({
      'aws:allowedAccountIds': ['123456789012'],
      'aws:defaultTags': { tags: { costCenter: '42', team: 'everybody' } },
      'dynamodb-replicator:tags': { team: 'platform' },
    });
    const provider = only('pulumi:providers:aws');
    assert.deepEqual(JSON.parse(provider['defaultTags'] as string), {
      tags: {
        costCenter: '42',
        team: 'platform',
        'dynamodb-replicator': 'dynamodb-replicator/dev/replicator',
      },
    });
    assert.equal(provider['region'], 'eu-west-1');
  });

  it('creates nothing with credentials of another account', async () => {
    await assert.rejects(run({ 'dynamodb-replicator:accountId': '210987654321' }), {
      name: 'InvalidArguments',
      message:
        'Configuration of stack dev (Pulumi.dev.yaml): an argument is invalid; nothing was created.\n' +
        '  accountId: the credentials belong to account 123456789012 (arn:aws:iam::123456789012:user/reviewer), but this stack belongs to ' +
        '210987654321: use other credentials (AWS_PROFILE, or pulumi config set aws:profile NAME)',
    });
  });

  it('reports everything that is missing or unsuitable at once, and creates nothing', async () => {
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
            orders: { ...READY, streamEnabled: false, streamViewType: '' },
            customers: { ...READY, streamViewType: 'NEW_IMAGE' },
          },
          buckets: { 'my-exports': 'us-east-1' },
          vpcs: [],
        },
      },
    );
    await assert.rejects(registered, (error: unknown) => {
      const reported = (error as Error).message
        .split('\n')
        .filter((line) => /^ {2}[a-zA-Z]+(\[\d\])?: /.test(line) && !/^ {2}(Pulumi|Terraform):/.test(line))
        .map((line) => line.trim().split(/ \(|[.;] /)[0]);
      assert.deepEqual(reported, [
        'tables[0]: table ordres: it cannot be read in region eu-west-1',
        'tables[1]: table orders: its stream is off',
        'exportBucket: bucket my-exports: it is in us-east-1, but VPC endpoints',
        'network: VPC main: network.vpcName: there must be exactly one VPC with the tag Name=main',
      ]);
      return true;
    });
  });

  const messagesFor = async (changes: Readonly<Record<string, unknown>>, world: Recording['world'] = {}) => {
    let message = '';
    await assert.rejects(run(changes, { world }), (error: unknown) => {
      ({ message } = error as Error);
      return true;
    });
    const [head, ...lines] = message.split('\n');
    assert.match(
      head!,
      /^Configuration of stack dev \(Pulumi\.dev\.yaml\): .* invalid; nothing was created\.$/,
    );
    return lines.map((line) => line.trim());
  };

  it('reports resources in the wrong region', async () => {
    const key = 'arn:aws:kms:us-east-1:123456789012:key/1';
    assert.deepEqual(
      await messagesFor({
        'dynamodb-replicator:exportBucket': { kmsKeyArn: key },
        'dynamodb-replicator:task': {
          clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/shared',
          logKmsKeyArn: key,
        },
        'dynamodb-replicator:monitoring': { alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' },
      }),
      ['exportBucket.kmsKeyArn', 'task.clusterArn', 'task.logKmsKeyArn', 'monitoring.alarmTopicArn'].map(
        (key) => `${key}: it is in us-east-1, but must be in the stack’s region, eu-west-1`,
      ),
    );
  });

  it('accepts an existing bucket in another region, with its key there', async () => {
    const exportBucket = {
      existingBucketName: 'my-exports',
      kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1',
    };
    const { only } = await run(
      { 'dynamodb-replicator:exportBucket': exportBucket },
      { world: { buckets: { 'my-exports': 'us-east-1' } } },
    );
    const { Statement } = JSON.parse(only('aws:iam/rolePolicy:RolePolicy', '-task')['policy'] as string) as {
      Statement: readonly {
        Sid: string;
        Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      }[];
    };
    for (const sid of ['EncryptExports', 'DecryptExports']) {
      const { Condition } = Statement.find(({ Sid }) => Sid === sid) ?? {};
      assert.equal(Condition?.['StringEquals']?.['kms:ViaService'], 's3.us-east-1.amazonaws.com', sid);
    }
  });

  it('reports a secret or a cluster that does not exist', async () => {
    const passwordSecretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehose-a1b2c3';
    const absent = {
      'dynamodb-replicator:destination': { host: 'warehouse.internal', passwordSecretArn },
      'dynamodb-replicator:destinationPassword': undefined,
      'dynamodb-replicator:task': { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shred' },
    };
    assert.deepEqual(await messagesFor(absent), [
      `destination.passwordSecretArn: secret ${passwordSecretArn}: it does not exist (reading Secrets Manager Secret (${passwordSecretArn}): couldn't find resource); aws secretsmanager list-secrets --region eu-west-1 lists the secrets`,
      "task.clusterArn: cluster shred: it cannot be read (reading ECS Cluster (shred): couldn't find resource); aws ecs list-clusters --region eu-west-1 lists the clusters. Without task.clusterArn, one is created",
    ]);
  });

  it('outputs the policies that existing roles need, and reports a role that does not exist', async () => {
    const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
    const access = { taskRoleArn: role('data/our-task'), executionRoleArn: role('our-execution') };
    const { result } = await run({ 'dynamodb-replicator:access': access });
    const outputs = result as Record<string, pulumi.Output<string>>;
    assert.match(await valueOf(outputs['task_role_policy']), /"Sid":"ReadStreams"/);
    assert.match(await valueOf(outputs['execution_role_policy']), /"Sid":"WriteLog"/);
    assert.deepEqual(await messagesFor({ 'dynamodb-replicator:access': { taskRoleArn: role('tsk') } }), [
      "access.taskRoleArn: role tsk: it does not exist (reading IAM Role (tsk): couldn't find resource); aws iam list-roles --region eu-west-1 lists the roles",
    ]);
  });

  it('reports a security group of another VPC', async () => {
    assert.deepEqual(
      await messagesFor({ 'dynamodb-replicator:task': { securityGroupIds: ['sg-elsewhere'] } }),
      [
        'network: security group sg-elsewhere: task.securityGroupIds: it is in vpc-2, but the subnets are in vpc-1; aws ec2 describe-security-groups --filters Name=vpc-id,Values=vpc-1 --region eu-west-1 lists the groups there',
      ],
    );
  });

  it('prints commands with the profile of the stack', async () => {
    const lines = await messagesFor({
      'aws:profile': 'shop prod',
      'dynamodb-replicator:tables': [{ name: 'ordres' }],
      'dynamodb-replicator:task': { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shred' },
    });
    assert.equal(lines.length, 2);
    for (const line of lines)
      assert.match(
        line,
        /aws (dynamodb list-tables|ecs list-clusters) --region eu-west-1 --profile 'shop prod' lists/,
      );
  });

  it('refuses a cluster of another account, even if one here has the same name', async () => {
    assert.deepEqual(
      await messagesFor({
        'dynamodb-replicator:task': { clusterArn: 'arn:aws:ecs:eu-west-1:210987654321:cluster/shared' },
      }),
      [
        'task.clusterArn: cluster shared: the cluster of that name is arn:aws:ecs:eu-west-1:123456789012:cluster/shared, ACTIVE: name an active cluster of this account',
      ],
    );
  });

  it('reports a build context without a Dockerfile', async () => {
    assert.deepEqual(await messagesFor({ 'dynamodb-replicator:image': { build: { context: 'tests' } } }), [
      `image.build.context: no Dockerfile in tests (relative to ${process.cwd()}): name a checkout of this repository, or remove context`,
    ]);
  });

  it('creates no second gateway endpoint in a route table, and recognizes its own', async () => {
    const changes = { 'dynamodb-replicator:network': { vpcName: 'main', endpoints: 'Create' } };
    const endpoints = ['com.amazonaws.eu-west-1.s3'];
    assert.deepEqual(await messagesFor(changes, { endpoints }), [
      'network: VPC vpc-1: network.endpoints is Create, but the VPC already has a gateway com.amazonaws.eu-west-1.s3 (vpce-1) on rtb-subnet-a, rtb-subnet-b. ' +
        'AWS allows one gateway of a service on a route table, and one interface with private DNS for a service in a VPC. To use these and create only the others, set network.endpoints to CreateMissing; ' +
        'but if this replicator created them, with version 0.1.0 or under another name, mark them as its own: aws ec2 create-tags --resources vpce-1 --tags Key=dynamodb-replicator,Value=dynamodb-replicator/dev/replicator --region eu-west-1',
    ]);
    // The second is the tag of 0.1.0.
    for (const value of ['dynamodb-replicator/dev/replicator', 'replicator-dev']) {
      const own = { endpoints, endpointTags: { 'dynamodb-replicator': value } };
      const { all } = await run(changes, { world: own });
      assert.equal(all('aws:ec2/vpcEndpoint:VpcEndpoint').length, 7 - 2);
    }
    const ofAnotherProject = { endpoints, endpointTags: { 'dynamodb-replicator': 'shop/dev/replicator' } };
    const [refused] = await messagesFor(changes, ofAnotherProject);
    assert.match(refused ?? '', /the VPC already has a gateway/);
    assert.ok(await run(changes, { world: { endpoints, gatewayRoutes: ['rtb-of-others'] } }));
  });

  it('without a route to the internet, accepts an image only from ECR in its region', async () => {
    const world = { subnets: { 'subnet-a': undefined } };
    const withImage = (uri: string) => ({
      'dynamodb-replicator:network': { vpcName: 'main', endpoints: 'Create' },
      'dynamodb-replicator:image': { uri },
    });
    const inEcr = (region: string) =>
      `123456789012.dkr.ecr.${region}.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;
    for (const uri of [IMAGE, inEcr('us-east-1')]) {
      assert.deepEqual(await messagesFor(withImage(uri), world), [
        'network: VPC vpc-1: image.uri: the subnets have no route to the internet, so the image must be in ECR in eu-west-1. Copy it there, or build it with image.build',
      ]);
    }
    assert.ok(await run(withImage(inEcr('eu-west-1')), { world }));
  });

  it('reports what is misspelled together with what does not exist, table by table', async () => {
    const lines = await messagesFor(
      {
        'dynamodb-replicatr:access': { path: '/platform/' },
        'dynamodb-replicator:tables': [
          { name: 'ordres', managment: 'Enable' },
          { name: 'customres' },
          { name: 'customers', columns: 'colums' },
          { name: 'orders' },
          { name: 'orders' },
        ],
        'dynamodb-replicator:exportBucket': { existingBucketName: 'my-exprots' },
        'dynamodb-replicator:network': { vpcNmae: 'main' },
        'dynamodb-replicator:task': { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shred' },
      },
      {},
    );
    assert.deepEqual(
      lines.filter((line) => !/^(Pulumi|Terraform): /.test(line)).map((line) => line.split(/ \(|[;] /)[0]),
      [
        'dynamodb-replicatr:access: nothing reads the namespace dynamodb-replicatr',
        'tables[0].managment: no such key',
        'tables[2].columns: expected columns or document',
        'network.vpcNmae: no such key',
        'tables: orders is listed more than once: tables[3], tables[4]',
        'tables[1]: table customres: it cannot be read in region eu-west-1',
        'exportBucket: bucket my-exprots: it cannot be read',
        'task.clusterArn: cluster shred: it cannot be read',
      ],
    );
  });

  it('looks up no table while it is unknown whose they are', async () => {
    assert.deepEqual(
      await messagesFor({
        'dynamodb-replicator:tables': [{ name: 'ordres' }],
        'dynamodb-replicator:access': { sourceRole: { roleARN: 'arn:aws:iam::210987654321:role/reader' } },
      }),
      [
        'access.sourceRole.roleArn: is required',
        'access.sourceRole.roleARN: no such key; did you mean roleArn?',
      ],
    );
  });

  it('still reports what is misspelled if AWS cannot be asked', async () => {
    const subnets = new Proxy(
      {},
      {
        ownKeys: () => {
          // As a plugin fails, by gRPC.
          throw Object.assign(new Error(), { details: 'no credentials' });
        },
      },
    );
    assert.deepEqual(
      await messagesFor(
        { 'dynamodb-replicator:tables': [{ nmae: 'orders' }] },
        { subnets, gatewayRoutes: [] },
      ),
      [
        'tables[0].name: is required',
        'tables[0].nmae: no such key; did you mean name?',
        'aws: what the configuration names was not looked up: no credentials',
      ],
    );
  });

  it('accepts namespaces of others', async () => {
    assert.ok(await run({ 'pulumi:tags': { team: 'data' }, 'acme:costCenter': '42', 'awsx:x': '1' }));
  });

  it('creates nothing in an invalid region', async () => {
    assert.deepEqual(await messagesFor({ 'aws:region': 'eu-west' }), [
      'aws:region: expected a region such as eu-west-1',
    ]);
    const [mistyped] = await messagesFor({ 'aws:region': 'eu-wset-1' });
    assert.match(mistyped ?? '', /^aws:region: AWS has no region eu-wset-1; did you mean eu-west-1\? /);
  });

  it('checks the endpoints that must exist', async () => {
    await assert.rejects(run({ 'dynamodb-replicator:network': { vpcName: 'main', endpoints: 'Existing' } }), {
      message:
        /network: VPC vpc-1: network\.endpoints is Existing, but the VPC has no endpoint com\.amazonaws\.eu-west-1\.dynamodb, /,
    });
  });

  it('creates nothing without a region', async () => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    delete process.env['AWS_REGION'];
    delete process.env['AWS_DEFAULT_REGION'];
    try {
      await assert.rejects(run({ 'aws:region': undefined }), {
        message:
          'Configuration of stack dev (Pulumi.dev.yaml): an argument is invalid; nothing was created.\n  aws:region: is required: pulumi config set aws:region REGION',
      });
    } finally {
      if (AWS_REGION !== undefined) process.env['AWS_REGION'] = AWS_REGION;
      if (AWS_DEFAULT_REGION !== undefined) process.env['AWS_DEFAULT_REGION'] = AWS_DEFAULT_REGION;
    }
  });

  it('reports a wrong configuration without a stack trace', async () => {
    await assert.rejects(run({ 'dynamodb-replicator:tables': [] }), (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error as Error));
      assert.match((error as Error).message, /tables: name at least one table/);
      return true;
    });
  });

  it('can be previewed', async () => {
    const { all } = await run({}, { preview: true });
    assert.equal(all('aws:ecs/service:Service').length, 1);
  });
});
