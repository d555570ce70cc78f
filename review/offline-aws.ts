/**
 * What AWS would answer to a stack whose surroundings are as they have to be: its tables have streams, its network leads out, its
 * bucket is there. So a stack can be looked at without an account. Names and ARNs are made as AWS makes them.
 */

export interface Place {
  readonly account: string;
  readonly region: string;
  /** Subnets that a configuration names, beside those that are found by name. */
  readonly subnetIds?: readonly string[];
  /** Its network has no VPC endpoints: they are to be created. */
  readonly withoutEndpoints?: boolean;
}

type Properties = Readonly<Record<string, unknown>>;

/** @throws Error for an invoke that is not known here */
export function answerCall(token: string, inputs: Properties, place: Place): Record<string, unknown> {
  const answer = ANSWERS[token];
  if (answer === undefined) throw new Error(`review/offline-aws.ts has no answer to ${token}`);
  return answer(inputs, place);
}

const NETWORK = '10.0.0.0/16';
const ROUTES = 'rtb-private';

const ANSWERS: Readonly<Record<string, (inputs: Properties, place: Place) => Record<string, unknown>>> = {
  'aws:index/getPartition:getPartition': () => ({ partition: 'aws' }),
  'aws:index/getRegion:getRegion': (_, { region }) => ({ region }),
  'aws:index/getCallerIdentity:getCallerIdentity': (_, { account }) => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:user/reviewer`,
  }),
  'aws:index/getAvailabilityZones:getAvailabilityZones': (_, { region }) => ({
    names: ['a', 'b', 'c'].map((zone) => region + zone),
  }),
  'aws:dynamodb/getTable:getTable': ({ name }, { account, region }) => {
    const arn = `arn:aws:dynamodb:${region}:${account}:table/${String(name)}`;
    return {
      name,
      arn,
      streamEnabled: true,
      streamViewType: 'NEW_AND_OLD_IMAGES',
      streamArn: `${arn}/stream/2026-01-01T00:00:00.000`,
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
    };
  },
  'aws:s3/getBucket:getBucket': ({ bucket }, { region }) => ({
    bucket,
    arn: `arn:aws:s3:::${String(bucket)}`,
    bucketRegion: region,
  }),
  'aws:ec2/getVpc:getVpc': ({ id }) => ({
    id: id ?? 'vpc-by-its-name',
    cidrBlock: NETWORK,
    cidrBlockAssociations: [{ cidrBlock: NETWORK }],
    mainRouteTableId: ROUTES,
    enableDnsSupport: true,
    enableDnsHostnames: true,
  }),
  'aws:ec2/getSubnets:getSubnets': (_, { subnetIds }) => ({ ids: subnetIds ?? ['subnet-1', 'subnet-2'] }),
  'aws:ec2/getRouteTables:getRouteTables': () => ({ ids: [ROUTES] }),
  'aws:ec2/getRouteTable:getRouteTable': () => ({
    routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: '', natGatewayId: 'nat-1' }],
  }),
  'aws:ec2/getVpcEndpoint:getVpcEndpoint': ({ serviceName }, { withoutEndpoints }) => {
    if (withoutEndpoints === true) throw new Error('no matching EC2 VPC Endpoint found');
    return {
      id: 'vpce-1',
      vpcEndpointType: /\.(dynamodb|s3)$/.test(String(serviceName)) ? 'Gateway' : 'Interface',
      routeTableIds: [ROUTES],
      tags: {},
      dnsEntries: [{ dnsName: `vpce-1.${String(serviceName)}.vpce.amazonaws.com` }],
    };
  },
  'aws:secretsmanager/getSecret:getSecret': ({ arn }) => ({ arn }),
  'aws:ecs/getCluster:getCluster': ({ clusterName }, { account, region }) => ({
    clusterName,
    arn: `arn:aws:ecs:${region}:${account}:cluster/${String(clusterName)}`,
    status: 'ACTIVE',
  }),
  'aws:ec2/getPrefixList:getPrefixList': ({ name }) => ({ id: `pl-${String(name).split('.').at(-1)}` }),
  'aws:ecr/getAuthorizationToken:getAuthorizationToken': () => ({ userName: 'AWS', password: 'token' }),
};

/** What AWS decides when something is created. @param name its logical name */
export function computed(
  type: string,
  name: string,
  inputs: Properties,
  { account, region }: Place,
): Record<string, unknown> {
  const own = String(inputs['name'] ?? inputs['bucket'] ?? name);
  const iam = (kind: string) => ({
    arn: `arn:aws:iam::${account}:${kind}${String(inputs['path'] ?? '/')}${own}`,
  });
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  switch (type) {
    case 'aws:iam/role:Role':
      return iam('role');
    case 'aws:iam/user:User':
      return iam('user');
    case 'aws:iam/policy:Policy':
      return iam('policy');
    case 'aws:iam/accessKey:AccessKey':
      return { secret: 'the-secret-access-key', status: 'Active' };
    case 'aws:s3/bucket:Bucket':
      return { arn: `arn:aws:s3:::${own}` };
    case 'aws:secretsmanager/secret:Secret': {
      const secret = arn('secretsmanager', `secret:${own}-a1b2c3`);
      return { id: secret, arn: secret };
    }
    case 'aws:secretsmanager/secretVersion:SecretVersion':
      return { arn: String(inputs['secretId']) };
    case 'aws:ecs/cluster:Cluster':
      return { arn: arn('ecs', `cluster/${own}`) };
    case 'aws:ecs/taskDefinition:TaskDefinition':
      return { arn: arn('ecs', `task-definition/${String(inputs['family'])}:1`) };
    case 'aws:sns/topic:Topic':
      return { arn: arn('sns', own) };
    case 'aws:cloudwatch/metricAlarm:MetricAlarm':
      return { arn: arn('cloudwatch', `alarm:${own}`) };
    case 'aws:ecr/repository:Repository':
      return {
        arn: arn('ecr', `repository/${own}`),
        repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${own}`,
        registryId: account,
      };
    case 'docker-build:index:Image':
      return { digest: `sha256:${'1'.repeat(64)}` };
    case 'aws:ec2/vpcEndpoint:VpcEndpoint':
      return { dnsEntries: [{ dnsName: `${name}.vpce.amazonaws.com`, hostedZoneId: 'Z1' }] };
    case 'aws:dynamodb/table:Table':
      return {
        arn: arn('dynamodb', `table/${own}`),
        streamArn: inputs['streamEnabled'] ? arn('dynamodb', `table/${own}/stream/1`) : '',
        pointInTimeRecovery: inputs['pointInTimeRecovery'] ?? { enabled: false },
      };
    case 'pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming':
      return { streamArn: arn('dynamodb', `table/${String(inputs['table'])}/stream/1`) };
    default:
      return {};
  }
}
