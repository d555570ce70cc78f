import * as aws from '@pulumi/aws';

/**
 * A stack without a replicator, as others write them: a web service, a function, roles for CI and other services. The pack's
 * findings in it are committed; each has to be one that its owner would accept.
 */
export function ordinaryStack(): void {
  roles();
  permissions();
  webService();
  storage();
}

const ACCOUNT = '123456789012';
const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

function roles(): void {
  const trusting = (name: string, Principal: object, Action = 'sts:AssumeRole', rest: object = {}) =>
    new aws.iam.Role(name, {
      name,
      assumeRolePolicy: document({ Effect: 'Allow', Action, Principal, ...rest }),
    });
  trusting('lambda', { Service: 'lambda.amazonaws.com' });
  trusting('ec2', { Service: 'ec2.amazonaws.com' });
  trusting('task', { Service: 'ecs-tasks.amazonaws.com' });
  trusting('states', { Service: 'states.amazonaws.com' });
  trusting('own-root', { AWS: `arn:aws:iam::${ACCOUNT}:root` });
  const PROVIDER = 'token.actions.githubusercontent.com';
  trusting(
    'ci',
    { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${PROVIDER}` },
    'sts:AssumeRoleWithWebIdentity',
    { Condition: { StringLike: { [`${PROVIDER}:sub`]: 'repo:o/r:*' } } },
  );
}

function permissions(): void {
  const allowing = (name: string, Action: readonly string[], Resource: unknown = '*') =>
    new aws.iam.RolePolicy(name, { role: 'lambda', policy: document({ Effect: 'Allow', Action, Resource }) });
  allowing('describe', ['ec2:DescribeVpcs', 'ec2:DescribeSubnets']);
  allowing('describe-all', ['ec2:Describe*']);
  allowing('tracing', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
  allowing('exec', ['ssmmessages:CreateControlChannel', 'ssmmessages:OpenDataChannel']);
  allowing('who-am-i', ['sts:GetCallerIdentity']);
  allowing('log-groups', ['logs:DescribeLogGroups']);
  allowing(
    'list-streams',
    ['dynamodb:ListStreams'],
    `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders/stream/*`,
  );
  allowing('read-bucket', ['s3:GetObject*', 's3:List*'], ['arn:aws:s3:::site', 'arn:aws:s3:::site/*']);
}

function webService(): void {
  new aws.ec2.SecurityGroup('web', {
    description: 'web',
    ingress: [
      { protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: ['0.0.0.0/0'], description: 'https' },
    ],
    egress: [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'], description: 'all' }],
  });
  const definition = new aws.ecs.TaskDefinition('web', {
    family: 'web',
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: JSON.stringify([
      {
        name: 'web',
        image: 'nginx:1.27',
        essential: true,
        logConfiguration: { logDriver: 'awslogs', options: {} },
        environment: [
          { name: 'DB_PASSWORD_FILE', value: '/run/x' },
          { name: 'TOKEN_TTL', value: '60' },
        ],
      },
    ]),
  });
  new aws.ecs.Service('web', {
    name: 'web',
    desiredCount: 2,
    launchType: 'FARGATE',
    taskDefinition: definition.arn,
    networkConfiguration: { assignPublicIp: true, subnets: ['subnet-1'], securityGroups: ['sg-1'] },
  });
  new aws.cloudwatch.LogGroup('function', { name: '/aws/lambda/function', retentionInDays: 7 });
  new aws.sns.Topic('alarms', { name: 'alarms' });
}

function storage(): void {
  const attributes = [{ name: 'id', type: 'S' }];
  const common = { billingMode: 'PAY_PER_REQUEST', hashKey: 'id', attributes };
  new aws.dynamodb.Table('sessions', {
    ...common,
    name: 'sessions',
    ttl: { attributeName: 'ttl', enabled: true },
  });
  new aws.dynamodb.Table('expiry', {
    ...common,
    name: 'expiry',
    streamEnabled: true,
    streamViewType: 'KEYS_ONLY',
    pointInTimeRecovery: { enabled: true },
  });
  new aws.s3.Bucket('site', { bucket: 'site' });
  new aws.s3.BucketPolicy('site', {
    bucket: 'site',
    policy: document({
      Effect: 'Allow',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::site/*',
      Condition: {
        StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::${ACCOUNT}:distribution/E1` },
      },
    }),
  });
  new aws.secretsmanager.Secret('key', { name: 'key' });
}
