import { answerCall as answerWhereAllIsThere } from '../../review/offline-aws';

/** What AWS answers in the tests of components. */

export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';
export const VPC = 'vpc-1';

export interface TableAnswer {
  readonly streamEnabled: boolean;
  readonly streamViewType: string;
  readonly recovery: boolean;
}

/** What there is. */
export interface World {
  readonly account: string;
  readonly tables: Readonly<Record<string, TableAnswer>>;
  /** Bucket → region. */
  readonly buckets: Readonly<Record<string, string>>;
  /** Subnet → target of its default route: `nat-1`, `igw-1`, or none. */
  readonly subnets: Readonly<Record<string, string | undefined>>;
  /** Service names of VPC endpoints. */
  readonly endpoints: readonly string[];
  /** Route tables that the gateway endpoints are in; without it those of all subnets. */
  readonly gatewayRoutes?: readonly string[];
  /** Tags of the endpoints. */
  readonly endpointTags: Readonly<Record<string, string>>;
  /** Names of VPCs. */
  readonly vpcs: readonly string[];
  readonly dnsHostNames: boolean;
  /** ARNs of secrets. */
  readonly secrets: readonly string[];
  /** ARNs of ECS clusters. */
  readonly clusters: readonly string[];
}

const READY: TableAnswer = { streamEnabled: true, streamViewType: 'NEW_AND_OLD_IMAGES', recovery: true };

export const WORLD: World = {
  account: ACCOUNT,
  tables: { orders: READY, customers: READY },
  buckets: { 'my-exports': REGION },
  subnets: { 'subnet-a': 'nat-1', 'subnet-b': 'nat-1' },
  endpoints: [],
  endpointTags: {},
  vpcs: ['main'],
  dnsHostNames: true,
  secrets: [`arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:warehouse-a1b2c3`],
  clusters: [`arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/shared`],
};

type Properties = Record<string, unknown>;

/** As a provider's failure arrives: the text is in `details`. */
function failure(details: string): Error {
  return Object.assign(new Error(details), { details });
}

/** Answers an invoke; one about something that is not there fails as the provider does. */
export function answerCall(token: string, inputs: Properties, changes: Partial<World>): Properties {
  const world = { ...WORLD, ...changes };
  const answer = ANSWERS[token];
  if (answer !== undefined) return answer(inputs, world);
  return answerWhereAllIsThere(token, inputs, { account: world.account, region: REGION });
}

/** What is there or not as a test has it; everything else is answered as in a review. */
const ANSWERS: Readonly<Record<string, (inputs: Properties, world: World) => Properties>> = {
  'aws:dynamodb/getTable:getTable': ({ name }, { tables }) => {
    const table = tables[name as string];
    if (table === undefined)
      throw failure(`reading DynamoDB Table (${String(name)}): couldn't find resource`);
    const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${String(name)}`;
    return {
      name,
      arn,
      streamEnabled: table.streamEnabled,
      streamViewType: table.streamViewType,
      streamArn: table.streamEnabled ? `${arn}/stream/2026-01-01T00:00:00.000` : '',
      pointInTimeRecovery: { enabled: table.recovery, recoveryPeriodInDays: 35 },
    };
  },
  'aws:s3/getBucket:getBucket': ({ bucket }, { buckets }) => {
    const region = buckets[bucket as string];
    if (region === undefined) throw failure(`reading S3 Bucket (${String(bucket)}): not found`);
    return { bucket, arn: `arn:aws:s3:::${String(bucket)}`, bucketRegion: region };
  },
  'aws:ec2/getVpc:getVpc': ({ id, filters }, { vpcs, dnsHostNames }) => {
    const name = (filters as { values: string[] }[] | undefined)?.[0]?.values[0];
    if (id !== VPC && !vpcs.includes(name ?? '')) throw failure('no matching EC2 VPC found');
    return {
      id: VPC,
      cidrBlock: '10.9.0.0/16',
      cidrBlockAssociations: [{ cidrBlock: '10.9.0.0/16' }, { cidrBlock: '10.10.0.0/16' }],
      mainRouteTableId: 'rtb-main',
      enableDnsSupport: true,
      enableDnsHostnames: dnsHostNames,
    };
  },
  'aws:ec2/getSubnets:getSubnets': ({ filters }, { subnets }) => {
    const name = (filters as { name: string; values: string[] }[])[1]?.values[0];
    return { ids: name === undefined || name === '*private*' ? Object.keys(subnets) : [] };
  },
  'aws:ec2/getRouteTables:getRouteTables': ({ filters }) => {
    const subnet = (filters as { values: string[] }[])[0]?.values[0] ?? '';
    return { ids: subnet.endsWith('-main') ? [] : [`rtb-${subnet}`] };
  },
  'aws:ec2/getRouteTable:getRouteTable': ({ routeTableId }, { subnets }) => {
    const subnet = String(routeTableId).replace(/^rtb-/, '');
    const target = subnets[subnet] ?? subnets[`subnet-${subnet}`];
    const local = { cidrBlock: '10.9.0.0/16', gatewayId: 'local', natGatewayId: '' };
    const way = {
      cidrBlock: '0.0.0.0/0',
      gatewayId: target?.startsWith('igw-') ? target : '',
      natGatewayId: target?.startsWith('nat-') ? target : '',
    };
    return { routes: target === undefined ? [local] : [local, way] };
  },
  'aws:ec2/getVpcEndpoint:getVpcEndpoint': ({ serviceName }, world) => {
    if (!world.endpoints.includes(serviceName as string)) throw failure('no matching EC2 VPC Endpoint found');
    const isGateway = /\.(dynamodb|s3)$/.test(serviceName as string);
    return {
      id: 'vpce-1',
      vpcEndpointType: isGateway ? 'Gateway' : 'Interface',
      routeTableIds: isGateway
        ? (world.gatewayRoutes ?? Object.keys(world.subnets).map((subnet) => `rtb-${subnet}`))
        : [],
      tags: world.endpointTags,
      dnsEntries: [{ dnsName: 'vpce-1.streams.dynamodb.eu-west-1.vpce.amazonaws.com' }],
    };
  },
  'aws:secretsmanager/getSecret:getSecret': ({ arn }, { secrets }) => {
    if (!secrets.includes(arn as string))
      throw failure(`reading Secrets Manager Secret (${String(arn)}): couldn't find resource`);
    return { arn };
  },
  'aws:ecs/getCluster:getCluster': ({ clusterName }, { clusters }) => {
    const arn = clusters.find((one) => one.endsWith(`/${String(clusterName)}`));
    if (arn === undefined)
      throw failure(`reading ECS Cluster (${String(clusterName)}): couldn't find resource`);
    return { arn, status: 'ACTIVE' };
  },
};
