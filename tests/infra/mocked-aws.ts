import {
  type FoundEndpoint,
  type FoundRole,
  type FoundTable,
  READY,
  usualEndpoint,
  type World,
} from '../../review/offline-aws';

/** AWS's answers in the tests of components. */

export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';
export const VPC = 'vpc-1';

/** The resources that exist. */
export interface Things {
  readonly account: string;
  readonly tables: Readonly<Record<string, FoundTable>>;
  /** Bucket → region. */
  readonly buckets: Readonly<Record<string, string>>;
  /** Subnet → target of its default route: `nat-1`, `igw-1`, or none. */
  readonly subnets: Readonly<Record<string, string | undefined>>;
  /** Subnet → availability zone; by default each is in its own. */
  readonly zones: Readonly<Record<string, string>>;
  /** Service names of VPC endpoints that are as the replicator needs them. */
  readonly endpoints: readonly string[];
  /** Route tables that these gateways are in; by default those of all subnets. */
  readonly gatewayRoutes?: readonly string[];
  /** Tags of these endpoints. */
  readonly endpointTags: Readonly<Record<string, string>>;
  /** Other VPC endpoints, by service name. */
  readonly otherEndpoints: Readonly<Record<string, readonly Partial<FoundEndpoint>[]>>;
  /** Names of VPCs. */
  readonly vpcs: readonly string[];
  readonly dnsHostNames: boolean;
  /** ARNs of secrets. */
  readonly secrets: readonly string[];
  /** ARNs of ECS clusters. */
  readonly clusters: readonly string[];
  /** Security group → VPC. */
  readonly groups: Readonly<Record<string, string>>;
  /** Roles by name. */
  readonly roles: Readonly<Record<string, FoundRole>>;
  /** ARN of the task definition that services run; without it, the deployed one. */
  readonly taskDefinition?: string;
}

const THINGS: Things = {
  account: ACCOUNT,
  tables: { orders: READY, customers: READY },
  buckets: { 'my-exports': REGION },
  subnets: { 'subnet-a': 'nat-1', 'subnet-b': 'nat-1' },
  zones: {},
  endpoints: [],
  endpointTags: {},
  otherEndpoints: {},
  vpcs: ['main'],
  dnsHostNames: true,
  secrets: [`arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:warehouse-a1b2c3`],
  groups: { 'sg-app': VPC, 'sg-clients': VPC, 'sg-elsewhere': 'vpc-2' },
  roles: {
    'our-task': { arn: `arn:aws:iam::${ACCOUNT}:role/data/our-task`, trusts: ['ecs-tasks.amazonaws.com'] },
    'our-execution': {
      arn: `arn:aws:iam::${ACCOUNT}:role/our-execution`,
      trusts: ['ecs-tasks.amazonaws.com'],
    },
    'our-lambda': { arn: `arn:aws:iam::${ACCOUNT}:role/our-lambda`, trusts: ['lambda.amazonaws.com'] },
  },
  clusters: [`arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/shared`],
};

/** The world with these changes. Resources that are not named in it do not exist. */
export function worldOf(changes: Partial<Things>): World {
  const things = { ...THINGS, ...changes };
  const { tables, buckets, subnets, endpoints, endpointTags, otherEndpoints } = things;
  const { vpcs, dnsHostNames, secrets, clusters } = things;
  const gatewayRoutes = things.gatewayRoutes ?? Object.keys(subnets).map((subnet) => `rtb-${subnet}`);
  return {
    account: things.account,
    region: REGION,
    table: (name) => tables[name],
    bucket: (name) => buckets[name],
    vpc: (id, name = '') =>
      id === VPC || vpcs.includes(name)
        ? {
            id: VPC,
            cidrBlocks: ['10.9.0.0/16', '10.10.0.0/16'],
            mainRouteTableId: 'rtb-main',
            dnsHostNames,
          }
        : undefined,
    vpcOfGroup: (id) => things.groups[id],
    subnets: (name) => (name === undefined || name === '*private*' ? Object.keys(subnets) : []),
    routeTable: (subnetId) => (subnetId.endsWith('-main') ? undefined : `rtb-${subnetId}`),
    defaultRoute: (routeTableId) => {
      const subnet = routeTableId.replace(/^rtb-/, '');
      return subnets[subnet] ?? subnets[`subnet-${subnet}`];
    },
    zone: (subnetId) => things.zones[subnetId] ?? `zone-of-${subnetId}`,
    endpoints: (serviceName) => {
      const usual = usualEndpoint(serviceName, gatewayRoutes);
      return [
        ...(endpoints.includes(serviceName) ? [{ ...usual, tags: endpointTags }] : []),
        ...(otherEndpoints[serviceName] ?? []).map((other) => ({ ...usual, ...other })),
      ];
    },
    hasSecret: (arn) => secrets.includes(arn),
    role: (name) => things.roles[name],
    cluster: (name) => clusters.find((arn) => arn.endsWith(`/${name}`)),
    ...(things.taskDefinition !== undefined && { taskDefinition: () => things.taskDefinition as string }),
  };
}
