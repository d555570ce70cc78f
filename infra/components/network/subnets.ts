import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { Endpoints } from '../../arguments/choices';
import type { NetworkArgs } from '../../arguments/network';
import { awsCommand } from '../../../runtime/aws/cli-command';
import { cliFlags } from '../place';
import { UnsuitableResource } from '../../errors';
import { hasDefaultRoute, reachabilityProblem, type SubnetRoutes } from '../../plan/network/reachability';
import { onePerZone, type SubnetInZone } from '../../plan/network/zones';

/** The network that the task runs in, as found in AWS. */
export interface Subnets {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** The VPC's address ranges; the primary one is first. */
  readonly cidrBlocks: readonly string[];
  readonly routeTableIds: readonly string[];
  /** The subnets for interface endpoints, one in each zone; empty if the stack creates no endpoints. */
  readonly endpointSubnetIds: readonly string[];
  /** Whether every subnet has a route to the internet, through any gateway. */
  readonly hasWayOut: boolean;
}

const DEFAULT_SUBNET_NAME = '*private*';

/**
 * Looks up the network, and refuses one from which the task cannot reach AWS.
 * @throws UnsuitableResource through the output
 */
export function subnetsOf(
  args: NetworkArgs,
  assignPublicIp: boolean | undefined,
  parent: pulumi.Resource,
): pulumi.Output<Subnets> {
  const { vpcId, subnetIds, ...rest } = args;
  return pulumi
    .all([vpcId, subnetIds])
    .apply(([knownVpcId, knownSubnetIds]) =>
      findNetwork({ ...rest, vpcId: knownVpcId, subnetIds: knownSubnetIds, assignPublicIp }, { parent }),
    );
}

/** The network's arguments, with known ids. */
export type KnownNetwork = Pick<NetworkArgs, 'vpcName' | 'subnetName' | 'endpoints'> & {
  readonly vpcId: string | undefined;
  readonly subnetIds: readonly string[] | undefined;
  /** Whether the task gets a public IP address. */
  readonly assignPublicIp?: boolean | undefined;
};

/** @throws UnsuitableResource */
export async function findNetwork(
  { vpcId, subnetIds, vpcName, subnetName, endpoints = Endpoints.None, assignPublicIp }: KnownNetwork,
  options: pulumi.InvokeOptions,
): Promise<Subnets> {
  const vpc = await findVpc(vpcId, vpcName, options);
  if (endpoints !== Endpoints.None) await requireHostNames(vpc, endpoints, options);
  const found =
    subnetIds === undefined
      ? await findSubnets(vpc.id, vpcName, subnetName, options)
      : await knownSubnets(vpc.id, subnetIds, options);
  const chosen = [...new Set(found)].sort();
  const tables = [];
  let hasWayOut = true;
  for (const subnetId of chosen) {
    const table = await routeTableOf(subnetId, vpc.mainRouteTableId, vpc.id, options);
    const problem = reachabilityProblem({ subnetId, routes: table.routes }, endpoints, assignPublicIp);
    if (problem !== undefined) throw new UnsuitableResource(`VPC ${vpc.id}`, problem);
    hasWayOut &&= hasDefaultRoute(table.routes);
    tables.push(table.routeTableId);
  }
  return {
    vpcId: vpc.id,
    subnetIds: chosen,
    cidrBlocks: [...new Set([vpc.cidrBlock, ...vpc.cidrBlockAssociations.map(({ cidrBlock }) => cidrBlock)])],
    routeTableIds: [...new Set(tables)].sort(),
    endpointSubnetIds: endpoints === Endpoints.None ? [] : onePerZone(await zonesOf(chosen, options)),
    hasWayOut,
  };
}

async function findVpc(
  id: string | undefined,
  name: string | undefined,
  options: pulumi.InvokeOptions,
): Promise<aws.ec2.GetVpcResult> {
  try {
    return await aws.ec2.getVpc(
      id === undefined ? { filters: [{ name: 'tag:Name', values: [name as string] }] } : { id },
      options,
    );
  } catch (error) {
    const list = awsCommand(await cliFlags(options), 'ec2 describe-vpcs');
    throw new UnsuitableResource(
      `VPC ${id ?? name}`,
      id === undefined
        ? `network.vpcName: there must be exactly one VPC with the tag Name=${name} (${(error as Error).message}); ` +
            `${list} lists the VPCs`
        : `network.vpcId: it cannot be read (${(error as Error).message}); ${list} lists the VPCs`,
    );
  }
}

async function zonesOf(
  subnetIds: readonly string[],
  options: pulumi.InvokeOptions,
): Promise<readonly SubnetInZone[]> {
  return Promise.all(
    subnetIds.map(async (id) => ({
      id,
      zone: (await aws.ec2.getSubnet({ id }, options)).availabilityZoneId,
    })),
  );
}

/** Interface endpoints are reached under AWS's own host names, which needs the VPC's DNS. Source: VPC User Guide, "Access an AWS service using an interface VPC endpoint". */
async function requireHostNames(
  { id, enableDnsSupport, enableDnsHostnames }: aws.ec2.GetVpcResult,
  mode: Endpoints,
  options: pulumi.InvokeOptions,
): Promise<void> {
  if (enableDnsSupport && enableDnsHostnames) return;
  const turnOn = awsCommand(
    await cliFlags(options),
    `ec2 modify-vpc-attribute --vpc-id ${id} --enable-dns-support`,
  );
  throw new UnsuitableResource(
    `VPC ${id}`,
    `network.endpoints: ${mode} needs the VPC’s DNS support and DNS host names, but one or both are off. Run ` +
      `${turnOn}, then the same with --enable-dns-hostnames in place of --enable-dns-support`,
  );
}

async function knownSubnets(
  vpcId: string,
  subnetIds: readonly string[],
  options: pulumi.InvokeOptions,
): Promise<readonly string[]> {
  const { ids } = await aws.ec2.getSubnets({ filters: [{ name: 'vpc-id', values: [vpcId] }] }, options);
  const strangers = subnetIds.filter((id) => !ids.includes(id));
  if (strangers.length === 0) return subnetIds;
  const list = await listSubnets(vpcId, options);
  throw new UnsuitableResource(
    `VPC ${vpcId}`,
    `network.subnetIds: ${strangers.join(', ')} ${strangers.length === 1 ? 'is' : 'are'} not among its subnets; ` +
      `${list} lists the subnets`,
  );
}

async function findSubnets(
  vpcId: string,
  vpcName: string | undefined,
  subnetName = DEFAULT_SUBNET_NAME,
  options: pulumi.InvokeOptions,
): Promise<readonly string[]> {
  const { ids } = await aws.ec2.getSubnets(
    {
      filters: [
        { name: 'vpc-id', values: [vpcId] },
        { name: 'tag:Name', values: [subnetName] },
      ],
    },
    options,
  );
  if (ids.length > 0) return ids;
  const list = await listSubnets(vpcId, options);
  throw new UnsuitableResource(
    `VPC ${vpcName}`,
    `network.subnetName: none of its subnets has a tag Name that matches ${subnetName}; ` +
      `${list} lists the subnets`,
  );
}

/** The command that lists a VPC's subnets. */
async function listSubnets(vpcId: string, options: pulumi.InvokeOptions): Promise<string> {
  return awsCommand(await cliFlags(options), `ec2 describe-subnets --filters Name=vpc-id,Values=${vpcId}`);
}

/** A subnet without its own route table uses the VPC's main one. */
async function routeTableOf(
  subnetId: string,
  mainRouteTableId: string,
  vpcId: string,
  options: pulumi.InvokeOptions,
): Promise<{ readonly routeTableId: string; readonly routes: SubnetRoutes['routes'] }> {
  const { ids } = await aws.ec2.getRouteTables(
    { vpcId, filters: [{ name: 'association.subnet-id', values: [subnetId] }] },
    options,
  );
  const routeTableId = ids[0] ?? mainRouteTableId;
  const { routes } = await aws.ec2.getRouteTable({ routeTableId }, options);
  return { routeTableId, routes };
}
