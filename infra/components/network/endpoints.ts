import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { Endpoints } from '../../arguments/choices';
import { awsCommand } from '../../../runtime/aws/cli-command';
import { UnsuitableResource } from '../../errors';
import { physicalName } from '../../plan/names';
import { cliFlagsIn, namesOf, providerPlace } from '../place';
import {
  type EndpointNeeds,
  type EndpointService,
  GATEWAYS,
  neededEndpoints,
  serviceName,
  STREAMS_ENDPOINT,
} from '../../plan/network/endpoint-services';
import type { Subnets } from './subnets';

export interface EndpointPlan {
  readonly kind: Endpoints;
  readonly needs: EndpointNeeds;
  readonly subnets: pulumi.Output<Subnets>;
  /** The task's security group; it may connect to the endpoints. */
  readonly taskSecurityGroupId: pulumi.Output<string>;
}

/**
 * Creates or looks up the VPC endpoints.
 * @returns the address of DynamoDB Streams in the VPC; `undefined` if the public one is used
 */
export function streamsEndpointOf(
  name: string,
  plan: EndpointPlan,
  parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
  switch (plan.kind) {
    case Endpoints.None:
      return undefined;
    case Endpoints.Existing:
      return existing(plan, parent);
    case Endpoints.Create:
      return created(name, plan, parent);
  }
}

function existing({ needs, subnets }: EndpointPlan, parent: pulumi.Resource): pulumi.Output<string> {
  return pulumi
    .all([providerPlace(parent), subnets])
    .apply(([{ region }, found]) => findEndpoints(found, region, needs, { parent }));
}

/**
 * Looks up all endpoints that are needed.
 * @returns the address of the endpoint of DynamoDB Streams
 * @throws UnsuitableResource for the first endpoint that is missing, or that the subnets have no route to
 */
export async function findEndpoints(
  { vpcId, routeTableIds }: Pick<Subnets, 'vpcId' | 'routeTableIds'>,
  region: string,
  needs: EndpointNeeds,
  options: pulumi.InvokeOptions,
): Promise<string> {
  let url = '';
  for (const { key } of neededEndpoints(needs)) {
    const found = await find(vpcId, serviceName(region, key), options);
    const unrouted = found.vpcEndpointType === 'Gateway' ? without(routeTableIds, found.routeTableIds) : [];
    if (unrouted.length > 0) {
      const add = awsCommand(
        cliFlagsIn(region),
        `ec2 modify-vpc-endpoint --vpc-endpoint-id ${found.id} --add-route-table-ids ${unrouted.join(' ')}`,
      );
      throw new UnsuitableResource(
        `VPC ${vpcId}`,
        `network.endpoints is Existing, but the gateway endpoint ${serviceName(region, key)} is not in the subnets’ route ` +
          `tables. Add it: ${add}`,
      );
    }
    if (key === STREAMS_ENDPOINT) url = urlOf(found.dnsEntries);
  }
  return url;
}

/** @throws UnsuitableResource if the subnets' route tables already have a gateway endpoint that would be created; AWS refuses a second one */
export async function refuseSecondGateways(
  { vpcId, routeTableIds }: Pick<Subnets, 'vpcId' | 'routeTableIds'>,
  region: string,
  own: readonly [tag: string, value: string],
  options: pulumi.InvokeOptions,
): Promise<void> {
  for (const key of GATEWAYS) {
    const service = serviceName(region, key);
    // A failed lookup means that there is none, which is fine.
    const found = await aws.ec2
      .getVpcEndpoint({ vpcId, serviceName: service, state: 'available' }, options)
      .catch(() => undefined);
    if (found?.vpcEndpointType !== 'Gateway' || found.tags[own[0]] === own[1]) continue;
    if (without(routeTableIds, found.routeTableIds).length === routeTableIds.length) continue;
    throw new UnsuitableResource(
      `VPC ${vpcId}`,
      `network.endpoints is Create, but the subnets’ route tables already have an endpoint ${service} (${found.id}). Create the ` +
        `other endpoints outside of this stack and set network.endpoints to Existing, or remove the subnets’ route tables ` +
        `from that endpoint`,
    );
  }
}

function without(values: readonly string[], others: readonly string[]): readonly string[] {
  return values.filter((value) => !others.includes(value));
}

async function find(
  vpcId: string,
  service: string,
  options: pulumi.InvokeOptions,
): Promise<aws.ec2.GetVpcEndpointResult> {
  try {
    return await aws.ec2.getVpcEndpoint({ vpcId, serviceName: service, state: 'available' }, options);
  } catch (error) {
    throw new UnsuitableResource(
      `VPC ${vpcId}`,
      `network.endpoints is Existing, but the VPC has no endpoint ${service} (${(error as Error).message}). Create it, or set ` +
        `network.endpoints to Create`,
    );
  }
}

function created(
  name: string,
  { needs, subnets, taskSecurityGroupId }: EndpointPlan,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const place = providerPlace(parent);
  const group = new aws.ec2.SecurityGroup(
    `${name}-endpoints`,
    {
      name: physicalName('securityGroup', namesOf(name), 'endpoints'),
      description: 'VPC endpoints of the replicator: TLS from its task',
      vpcId: subnets.vpcId,
    },
    { parent },
  );
  new aws.vpc.SecurityGroupIngressRule(
    `${name}-endpoints`,
    {
      securityGroupId: group.id,
      description: 'TLS from the task',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      referencedSecurityGroupId: taskSecurityGroupId,
    },
    { parent: group },
  );
  let streams: aws.ec2.VpcEndpoint | undefined;
  for (const service of neededEndpoints(needs)) {
    const endpoint = new aws.ec2.VpcEndpoint(
      `${name}-${service.key}`,
      {
        vpcId: subnets.vpcId,
        serviceName: place.apply(({ region }) => serviceName(region, service.key)),
        vpcEndpointType: service.kind,
        ...placement(service, subnets, group.id),
      },
      { parent },
    );
    if (service.key === STREAMS_ENDPOINT) streams = endpoint;
  }
  return (streams as aws.ec2.VpcEndpoint).dnsEntries.apply(urlOf);
}

function placement(
  { kind, privateDns }: EndpointService,
  subnets: pulumi.Output<Subnets>,
  groupId: pulumi.Output<string>,
): Partial<aws.ec2.VpcEndpointArgs> {
  if (kind === 'Gateway') return { routeTableIds: subnets.apply(({ routeTableIds }) => [...routeTableIds]) };
  return {
    privateDnsEnabled: privateDns,
    subnetIds: subnets.apply(({ subnetIds }) => [...subnetIds]),
    securityGroupIds: [groupId],
  };
}

/** The first entry is the endpoint's own name, which covers all its zones. */
function urlOf(entries: readonly { readonly dnsName?: string | undefined }[]): string {
  const host = entries[0]?.dnsName;
  if (host === undefined)
    throw new UnsuitableResource(
      'the endpoint of DynamoDB Streams',
      'it has no DNS name yet: run the command again',
    );
  return `https://${host}`;
}
