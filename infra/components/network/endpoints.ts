import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { Endpoints } from '../../arguments/choices';
import { UnsuitableResource } from '../../errors';
import type { NewEndpoint } from '../../plan/network/endpoint-plan';
import {
  type EndpointNeeds,
  type EndpointService,
  neededEndpoints,
  serviceName,
  STREAMS_ENDPOINT,
} from '../../plan/network/endpoint-services';
import type { PhysicalNames } from '../names';
import { providerPlace } from '../place';
import { requireEndpoints } from './find-endpoints';
import type { Subnets } from './subnets';

export interface WantedEndpoints {
  readonly mode: Endpoints;
  readonly needs: EndpointNeeds;
  readonly subnets: pulumi.Output<Subnets>;
  readonly names: PhysicalNames;
}

/**
 * Creates or looks up the VPC endpoints. None is created before all are known to be possible.
 * @returns the address of DynamoDB Streams in the VPC; `undefined` if the public one is used
 * @throws UnsuitableResource through the output
 */
export function streamsEndpointOf(
  name: string,
  { mode, needs, subnets, names }: WantedEndpoints,
  parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
  if (mode === Endpoints.None) return undefined;
  const services = neededEndpoints(needs);
  const planned = pulumi.all([providerPlace(parent), subnets]).apply(async ([{ region }, network]) => ({
    network,
    ...(await requireEndpoints({ mode, services, network, region, component: name }, { parent })),
  }));
  if (mode === Endpoints.Create) {
    const endpoints = services.map((service) => ({
      service,
      routeTableIds: planned.apply(({ network }) => network.routeTableIds),
    }));
    return created(name, endpoints, planned.network, names, parent).apply(urlOf);
  }
  return planned.apply(({ network, create, streams }) => {
    const dnsEntries = created(name, create, pulumi.output(network), names, parent);
    return pulumi.output(streams === undefined ? dnsEntries : [streams]).apply(urlOf);
  });
}

type DnsEntries = readonly { readonly dnsName?: string | undefined }[];

interface Placed {
  readonly service: EndpointService;
  readonly routeTableIds: pulumi.Input<NewEndpoint['routeTableIds']>;
}

/** Creates endpoints. @returns the host names of the one of DynamoDB Streams; none if it is not among them */
function created(
  name: string,
  endpoints: readonly Placed[],
  network: pulumi.Output<Subnets>,
  names: PhysicalNames,
  parent: pulumi.Resource,
): pulumi.Output<DnsEntries> {
  const place = providerPlace(parent);
  const hasInterface = endpoints.some(({ service }) => service.kind === 'Interface');
  const group = hasInterface ? endpointGroup(name, network, names, parent) : undefined;
  const made = endpoints.map(({ service, routeTableIds }) => {
    const endpoint = new aws.ec2.VpcEndpoint(
      `${name}-${service.key}`,
      {
        vpcId: network.vpcId,
        serviceName: place.apply(({ region }) => serviceName(region, service.key)),
        vpcEndpointType: service.kind,
        ...(group === undefined || service.kind === 'Gateway'
          ? { routeTableIds: pulumi.output(routeTableIds).apply((ids) => [...ids]) }
          : {
              privateDnsEnabled: service.privateDns,
              subnetIds: network.apply(({ endpointSubnetIds }) => [...endpointSubnetIds]),
              securityGroupIds: [group.id],
            }),
      },
      { parent },
    );
    return { key: service.key, endpoint };
  });
  const streams = made.find(({ key }) => key === STREAMS_ENDPOINT);
  return pulumi.output(streams?.endpoint.dnsEntries ?? []);
}

/**
 * The group of the interface endpoints. With private DNS, an endpoint is the way to its service for everybody in the VPC, so
 * everybody in the VPC is let in.
 */
function endpointGroup(
  name: string,
  network: pulumi.Output<Subnets>,
  names: PhysicalNames,
  parent: pulumi.Resource,
): aws.ec2.SecurityGroup {
  const named = names.of('securityGroup', 'endpoints');
  return new aws.ec2.SecurityGroup(
    `${name}-endpoints`,
    {
      ...named.input,
      // AWS cannot change a description: another would replace the group.
      description: 'VPC endpoints of the replicator: TLS from its task',
      vpcId: network.vpcId,
      ingress: network.apply(({ cidrBlocks }) => [
        {
          description: 'TLS from the VPC',
          protocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          cidrBlocks: [...cidrBlocks],
        },
      ]),
    },
    { parent, ...named.options },
  );
}

/** The first entry is the endpoint's own name, which covers all its zones. */
function urlOf(entries: DnsEntries): string {
  const host = entries[0]?.dnsName;
  if (host === undefined)
    throw new UnsuitableResource(
      'the endpoint of DynamoDB Streams',
      'it has no DNS name yet: run the command again',
    );
  return `https://${host}`;
}
