import type { Place } from './aws-decides';

/** AWS's answers to the lookups of a stack's program, so that a stack can be recorded without an account. */

/** The resources around a stack; `undefined` for those that do not exist. */
export interface World extends Place {
  table(name: string): FoundTable | undefined;
  /** Region of the bucket. */
  bucket(name: string): string | undefined;
  /** By its id, else by its name. */
  vpc(id: string | undefined, name: string | undefined): FoundVpc | undefined;
  /** Id of the VPC that the security group is in. */
  vpcOfGroup(id: string): string | undefined;
  /** Ids of the VPC's subnets; with a name, only of those that match it. */
  subnets(name: string | undefined): readonly string[];
  /** The subnet's own route table; without one, the VPC's main table applies. */
  routeTable(subnetId: string): string | undefined;
  /** Target of the default route: `nat-1`, `igw-1`. */
  defaultRoute(routeTableId: string): string | undefined;
  /** Availability zone of a subnet. */
  zone(subnetId: string): string;
  endpoints(serviceName: string): readonly FoundEndpoint[];
  hasSecret(arn: string): boolean;
  /** ARN of the cluster. */
  cluster(name: string): string | undefined;
  /** The role’s ARN, and the services that it trusts. */
  role(name: string): FoundRole | undefined;
  /** ARN of the task definition that a service runs; without it, the first of the service's name. */
  taskDefinition?(serviceName: string): string;
}

export interface FoundTable {
  readonly streamEnabled: boolean;
  readonly streamViewType: string;
  readonly recovery: boolean;
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Key that encrypts the table. */
  readonly kmsKeyArn?: string;
}

interface FoundVpc {
  readonly id: string;
  readonly cidrBlocks: readonly [string, ...string[]];
  readonly mainRouteTableId: string;
  readonly dnsHostNames: boolean;
}

export interface FoundRole {
  readonly arn: string;
  readonly trusts: readonly string[];
}

export interface FoundEndpoint {
  readonly id: string;
  readonly kind: 'Gateway' | 'Interface';
  readonly privateDns: boolean;
  readonly routeTableIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** An endpoint as the replicator needs it: a gateway in these route tables, or else an interface. */
export function usualEndpoint(serviceName: string, routeTableIds: readonly string[]): FoundEndpoint {
  const isGateway = /\.(dynamodb|s3)$/.test(serviceName);
  return {
    id: 'vpce-1',
    kind: isGateway ? 'Gateway' : 'Interface',
    privateDns: !isGateway && !serviceName.endsWith('.dynamodb-streams'),
    routeTableIds: isGateway ? routeTableIds : [],
    tags: {},
  };
}

/** A table that can be replicated. */
export const READY: FoundTable = {
  streamEnabled: true,
  streamViewType: 'NEW_AND_OLD_IMAGES',
  recovery: true,
  partitionKey: 'the-partition-key',
};

/** A place where everything is ready: tables have streams, the network has a route to the internet, the bucket exists. */
export interface ReadyPlace extends Place {
  /** The VPC, if the configuration names it by id. */
  readonly vpcId?: string;
  /** Subnets that the configuration names by id. */
  readonly subnetIds?: readonly string[];
  /** The network has no VPC endpoints; the stack creates them. */
  readonly withoutEndpoints?: boolean;
  /** ARNs of existing roles that the configuration names. */
  readonly roleArns?: readonly string[];
}

const ROUTES = 'rtb-private';
const NAMED_VPC = 'vpc-by-its-name';

/** A world in which every resource that is looked up exists. */
export function readyWorld(place: ReadyPlace): World {
  const { account, region, vpcId, subnetIds, withoutEndpoints = false, roleArns = [] } = place;
  return {
    account,
    region,
    table: () => READY,
    bucket: () => region,
    vpc: (id = NAMED_VPC) => ({
      id,
      cidrBlocks: ['10.0.0.0/16'],
      mainRouteTableId: ROUTES,
      dnsHostNames: true,
    }),
    vpcOfGroup: () => vpcId ?? NAMED_VPC,
    subnets: () => subnetIds ?? ['subnet-1', 'subnet-2'],
    routeTable: () => ROUTES,
    defaultRoute: () => 'nat-1',
    zone: (subnetId) => `zone-of-${subnetId}`,
    endpoints: (serviceName) => (withoutEndpoints ? [] : [usualEndpoint(serviceName, [ROUTES])]),
    hasSecret: () => true,
    cluster: (name) => `arn:aws:ecs:${region}:${account}:cluster/${name}`,
    role: (name) => {
      const arn = roleArns.find((one) => one.endsWith(`/${name}`));
      return arn === undefined ? undefined : { arn, trusts: ['ecs-tasks.amazonaws.com'] };
    },
  };
}

type Properties = Readonly<Record<string, unknown>>;

/** The world with tables that a program registered. @param tables their outputs */
export function withTables(world: World, tables: readonly Properties[]): World {
  const table = (name: string) => tables.find((one) => one['name'] === name);
  return { ...world, table: (name) => asFound(table(name)) ?? world.table(name) };
}

function asFound(table: Properties | undefined): FoundTable | undefined {
  if (table === undefined) return undefined;
  const { rangeKey, pointInTimeRecovery, serverSideEncryption } = table;
  const kmsKeyArn = (serverSideEncryption as { readonly kmsKeyArn?: string } | undefined)?.kmsKeyArn;
  return {
    streamEnabled: table['streamEnabled'] === true,
    streamViewType: String(table['streamViewType'] ?? ''),
    recovery: (pointInTimeRecovery as { readonly enabled: boolean }).enabled,
    partitionKey: String(table['hashKey']),
    ...(rangeKey !== undefined && { sortKey: String(rangeKey) }),
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
  };
}

/** Answers an invoke. A lookup of a missing resource fails as the provider does. @throws Error for an invoke without an answer here */
export function answerCall(token: string, inputs: Properties, world: World): Record<string, unknown> {
  const answer = ANSWERS[token];
  if (answer === undefined) throw failure(`review/offline-aws.ts has no answer to ${token}`);
  return answer(inputs, world);
}

/** A provider's failure, with its text in `details`. */
function failure(details: string): Error {
  return Object.assign(new Error(details), { details });
}

function found<Thing>(thing: Thing | undefined, otherwise: string): Thing {
  if (thing === undefined) throw failure(otherwise);
  return thing;
}

/** Value of the filter at that index. */
function filterOf({ filters }: Properties, index: number): string | undefined {
  return (filters as readonly { readonly values: readonly string[] }[] | undefined)?.[index]?.values[0];
}

const ANSWERS: Readonly<Record<string, (inputs: Properties, world: World) => Record<string, unknown>>> = {
  'aws:index/getPartition:getPartition': () => ({ partition: 'aws' }),
  'aws:index/getRegion:getRegion': (_, { region }) => ({ region }),
  'aws:index/getCallerIdentity:getCallerIdentity': (_, { account }) => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:user/reviewer`,
  }),
  'aws:index/getAvailabilityZones:getAvailabilityZones': (_, { region }) => ({
    names: ['a', 'b', 'c'].map((zone) => region + zone),
  }),
  'aws:dynamodb/getTable:getTable': (inputs, world) => {
    const name = String(inputs['name']);
    const table = found(world.table(name), `reading DynamoDB Table (${name}): couldn't find resource`);
    const arn = `arn:aws:dynamodb:${world.region}:${world.account}:table/${name}`;
    return {
      name,
      arn,
      hashKey: table.partitionKey,
      rangeKey: table.sortKey ?? '',
      streamEnabled: table.streamEnabled,
      streamViewType: table.streamViewType,
      streamArn: table.streamEnabled ? `${arn}/stream/2026-01-01T00:00:00.000` : '',
      pointInTimeRecovery: { enabled: table.recovery, recoveryPeriodInDays: 35 },
      serverSideEncryption: { enabled: table.kmsKeyArn !== undefined, kmsKeyArn: table.kmsKeyArn ?? '' },
    };
  },
  'aws:kms/getKey:getKey': ({ keyId }) => ({
    keyId,
    keyManager: String(keyId).endsWith('of-aws') ? 'AWS' : 'CUSTOMER',
  }),
  'aws:s3/getBucket:getBucket': (inputs, world) => {
    const bucket = String(inputs['bucket']);
    const bucketRegion = found(world.bucket(bucket), `reading S3 Bucket (${bucket}): not found`);
    return { bucket, arn: `arn:aws:s3:::${bucket}`, bucketRegion };
  },
  'aws:ec2/getVpc:getVpc': (inputs, world) => {
    const vpc = world.vpc(inputs['id'] as string | undefined, filterOf(inputs, 0));
    const { id, cidrBlocks, mainRouteTableId, dnsHostNames } = found(vpc, 'no matching EC2 VPC found');
    return {
      id,
      cidrBlock: cidrBlocks[0],
      cidrBlockAssociations: cidrBlocks.map((cidrBlock) => ({ cidrBlock })),
      mainRouteTableId,
      enableDnsSupport: true,
      enableDnsHostnames: dnsHostNames,
    };
  },
  'aws:ec2/getSubnets:getSubnets': (inputs, world) => ({ ids: world.subnets(filterOf(inputs, 1)) }),
  'aws:ec2/getSecurityGroup:getSecurityGroup': ({ id }, world) => ({
    id,
    vpcId: found(world.vpcOfGroup(String(id)), 'no matching EC2 Security Group found'),
  }),
  'aws:ec2/getRouteTables:getRouteTables': (inputs, world) => {
    const own = world.routeTable(filterOf(inputs, 0) ?? '');
    return { ids: own === undefined ? [] : [own] };
  },
  'aws:ec2/getRouteTable:getRouteTable': ({ routeTableId }, world) => {
    const target = world.defaultRoute(String(routeTableId));
    const local = { cidrBlock: '10.0.0.0/16', gatewayId: 'local', natGatewayId: '' };
    const way = {
      cidrBlock: '0.0.0.0/0',
      gatewayId: target?.startsWith('igw-') ? target : '',
      natGatewayId: target?.startsWith('nat-') ? target : '',
    };
    return { routes: target === undefined ? [local] : [local, way] };
  },
  'aws:ec2/getSubnet:getSubnet': ({ id }, world) => ({ id, availabilityZoneId: world.zone(String(id)) }),
  'aws:ec2/getVpcEndpoint:getVpcEndpoint': (inputs, world) => {
    const name = String(inputs['serviceName']);
    const [one, another] = world.endpoints(name).filter((endpoint) => matches(endpoint, inputs));
    if (another !== undefined)
      throw failure('multiple EC2 VPC Endpoints matched; use additional constraints');
    const { id, kind, privateDns, routeTableIds, tags } = found(one, 'no matching EC2 VPC Endpoint found');
    return {
      id,
      vpcEndpointType: kind,
      privateDnsEnabled: privateDns,
      routeTableIds,
      tags,
      dnsOptions: [],
      dnsEntries: kind === 'Gateway' ? [] : [{ dnsName: `${id}.${hostOf(name)}.vpce.amazonaws.com` }],
    };
  },
  'aws:secretsmanager/getSecret:getSecret': (inputs, world) => {
    const arn = String(inputs['arn']);
    if (!world.hasSecret(arn))
      throw failure(`reading Secrets Manager Secret (${arn}): couldn't find resource`);
    return { arn };
  },
  'aws:ecs/getCluster:getCluster': (inputs, world) => {
    const clusterName = String(inputs['clusterName']);
    const arn = found(
      world.cluster(clusterName),
      `reading ECS Cluster (${clusterName}): couldn't find resource`,
    );
    return { clusterName, arn, status: 'ACTIVE' };
  },
  'aws:iam/getRole:getRole': ({ name }, world) => {
    const { arn, trusts } = found(
      world.role(String(name)),
      `reading IAM Role (${String(name)}): couldn't find resource`,
    );
    const statement = { Effect: 'Allow', Principal: { Service: trusts }, Action: 'sts:AssumeRole' };
    return { name, arn, assumeRolePolicy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) };
  },
  'aws:ecs/getService:getService': ({ serviceName }, { account, region, taskDefinition }) => {
    const name = String(serviceName);
    return {
      taskDefinition: taskDefinition?.(name) ?? `arn:aws:ecs:${region}:${account}:task-definition/${name}:1`,
    };
  },
  'aws:ec2/getPrefixList:getPrefixList': ({ name }) => ({ id: `pl-${String(name).split('.').at(-1)}` }),
  'aws:ecr/getAuthorizationToken:getAuthorizationToken': () => ({ userName: 'AWS', password: 'token' }),
};

/** Whether an endpoint has the kind and the last digits that a lookup names. */
function matches({ id, kind }: FoundEndpoint, { filters }: Properties): boolean {
  const wanted = (filters ?? []) as readonly { name: string; values: readonly string[] }[];
  const valuesOf = (filter: string) => wanted.find(({ name }) => name === filter)?.values;
  const ids = valuesOf('vpc-endpoint-id');
  return (
    (valuesOf('vpc-endpoint-type') ?? [kind]).includes(kind) &&
    (ids === undefined || ids.some((pattern) => id.endsWith(pattern.replace('*', ''))))
  );
}

/** `com.amazonaws.eu-west-1.dynamodb-streams` → `streams.dynamodb.eu-west-1`. */
function hostOf(serviceName: string): string {
  const [, , region = '', ...service] = serviceName.split('.');
  return `${service.join('.').replace(/^dynamodb-streams$/, 'streams.dynamodb')}.${region}`;
}
