import * as aws from '@pulumi/aws';

/** Everything that can be wrong with a table, an export bucket and a service. The pack's findings in it are committed. */
export function poorStack(): void {
  access();
  storage();
  service();
  surroundings();
}

const everything = (Action: unknown) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

function access(): void {
  const user = new aws.iam.User('reader', { name: 'reader' });
  new aws.iam.AccessKey('reader', { user: user.name });
  new aws.iam.UserPolicy('reader', { user: user.name, policy: everything(['dynamodb:GetRecords', 's3:*']) });
  new aws.iam.Role('anybody', {
    assumeRolePolicy: JSON.stringify({
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::210987654321:root' } },
      ],
    }),
  });
}

function storage(): void {
  new aws.s3.Bucket('exports', { bucket: 'all-exports', acl: 'public-read' });
  new aws.s3.BucketPublicAccessBlock('elsewhere', { bucket: 'another', blockPublicAcls: true });
  new aws.s3.BucketServerSideEncryptionConfiguration('archive', {
    bucket: new aws.s3.Bucket('archive', { bucket: 'archive' }).id,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
  });
  new aws.s3.BucketLifecycleConfiguration('archive', {
    bucket: 'archive',
    rules: [{ id: 'off', status: 'Disabled', expiration: { days: 1 } }],
  });
  new aws.s3.BucketPolicy('exports', {
    bucket: 'all-exports',
    policy: JSON.stringify({
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::all-exports/*' },
      ],
    }),
  });
  new aws.dynamodb.Table('orders', {
    name: 'orders',
    attributes: [{ name: 'id', type: 'S' }],
    hashKey: 'id',
    streamEnabled: true,
    streamViewType: 'KEYS_ONLY',
  });
  new aws.efs.FileSystem('files', {});
  new aws.efs.AccessPoint('files', { fileSystemId: 'files-id' });
  new aws.kms.Key('key', {
    policy: JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }],
    }),
  });
  new aws.secretsmanager.Secret('password', { name: 'password' });
}

function service(): void {
  const role = new aws.iam.Role('both', {
    name: 'both',
    assumeRolePolicy: JSON.stringify({
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs-tasks.amazonaws.com' } },
      ],
    }),
  });
  const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
  new aws.iam.RolePolicy('both', {
    role: role.name,
    policy: JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Action: ['dynamodb:GetRecords', 'dynamodb:DescribeExport'],
          Resource: `${TABLE}/stream/*`,
        },
      ],
    }),
  });
  const cluster = new aws.ecs.Cluster('old', { name: 'old' });
  for (const name of ['first', 'second']) {
    const definition = new aws.ecs.TaskDefinition(name, {
      family: name,
      cpu: '8192',
      memory: '61440',
      networkMode: 'host',
      pidMode: 'host',
      taskRoleArn: role.arn,
      executionRoleArn: role.arn,
      volumes: [{ name: 'files', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      containerDefinitions: JSON.stringify([
        {
          name,
          image: 'consumer:latest',
          privileged: true,
          environment: [{ name: 'DB_PASSWORD', value: 'x' }],
        },
      ]),
    });
    new aws.ecs.Service(name, {
      name,
      cluster: cluster.arn,
      taskDefinition: definition.arn,
      platformVersion: '1.3.0',
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT' }],
      enableExecuteCommand: true,
      desiredCount: 2,
      networkConfiguration: { assignPublicIp: true, subnets: ['subnet-1'] },
    });
  }
}

function surroundings(): void {
  new aws.ecr.Repository('consumer', { name: 'consumer' });
  new aws.ec2.SecurityGroup('open', {
    ingress: [{ protocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: ['0.0.0.0/0'] }],
    egress: [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }],
  });
  new aws.ec2.NatGateway('way-out', { subnetId: 'subnet-1' });
  new aws.cloudwatch.LogGroup('log', { name: '/consumer' });
  new aws.cloudwatch.MetricAlarm('cpu', {
    metricName: 'CPUUtilization',
    comparisonOperator: 'GreaterThanThreshold',
    evaluationPeriods: 1,
    actionsEnabled: false,
  });
  new aws.sns.Topic('alarms', { name: 'alarms' });
  new aws.sqs.Queue('dead', { name: 'dead' });
}
