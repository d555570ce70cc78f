import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Endpoints } from '../../arguments/choices';
import { UnsuitableResource } from '../../errors';
import {
  type EndpointFacts,
  type EndpointPlan,
  type FoundEndpoint,
  planEndpoints,
} from '../../plan/network/endpoint-plan';
import { type EndpointService, serviceName } from '../../plan/network/endpoint-services';
import { formerOwnTag, OWN_TAG, ownTag } from '../tags';
import { cliFlagsIn } from '../place';
import type { Subnets } from './subnets';

/** What is asked about a VPC's endpoints. */
export interface EndpointQuestion {
  readonly mode: Exclude<Endpoints, Endpoints.None>;
  readonly services: readonly EndpointService[];
  readonly network: Pick<Subnets, 'vpcId' | 'routeTableIds'>;
  readonly region: string;
  /** Name of the component that creates endpoints. */
  readonly component: string;
}

/**
 * Looks up the VPC's endpoints, and plans which to create.
 * @throws UnsuitableResource if one is missing, or AWS would refuse one that would be created
 */
export async function requireEndpoints(
  { mode, services, network, region, component }: EndpointQuestion,
  options: pulumi.InvokeOptions,
): Promise<EndpointPlan> {
  const { vpcId, routeTableIds } = network;
  const own = ownTag(component);
  const ownValues = [own.value, formerOwnTag(component)];
  const found = await Promise.all(
    services.map((service) => endpointsOf(service, { vpcId, region, ownValues }, options)),
  );
  const facts: EndpointFacts = {
    mode,
    services,
    routeTableIds,
    found: found.flat(),
    ownTag: own,
    cli: cliFlagsIn(region),
  };
  const plan = planEndpoints(facts);
  if (plan.problem !== undefined) throw new UnsuitableResource(`VPC ${vpcId}`, plan.problem);
  return plan;
}

interface Searched {
  readonly vpcId: string;
  readonly region: string;
  /** Values of the tag of the component's own endpoints. */
  readonly ownValues: readonly string[];
}

async function endpointsOf(
  { key, kind }: EndpointService,
  { vpcId, region, ownValues }: Searched,
  options: pulumi.InvokeOptions,
): Promise<readonly FoundEndpoint[]> {
  // An interface with private DNS also serves a service that has gateways.
  const kinds: readonly EndpointService['kind'][] =
    kind === 'Gateway' ? ['Gateway', 'Interface'] : ['Interface'];
  const found = await Promise.all(
    kinds.map(async (each) => {
      const query = { vpcId, serviceName: serviceName(region, key), kind: each };
      return (await allOf(query, '', options)).map((one) => foundAs(one, key, each, ownValues));
    }),
  );
  return found.flat();
}

function foundAs(
  { id, privateDnsEnabled, dnsOptions, routeTableIds, dnsEntries, tags }: aws.ec2.GetVpcEndpointResult,
  key: string,
  kind: EndpointService['kind'],
  ownValues: readonly string[],
): FoundEndpoint {
  const tag = tags[OWN_TAG];
  // Such a name resolves for callers from outside the VPC only. Source: S3 User Guide, "AWS PrivateLink for Amazon S3", private DNS.
  const isForOthers = dnsOptions.some((one) => one.privateDnsOnlyForInboundResolverEndpoint);
  return {
    id,
    key,
    kind,
    privateDns: privateDnsEnabled && !isForOthers,
    routeTableIds,
    dnsName: dnsEntries[0]?.dnsName,
    owner: tag === undefined ? 'unknown' : ownValues.includes(tag) ? 'own' : 'replicator',
  };
}

const DIGITS = [...'0123456789abcdef'];
/** Of an id. A search that is this narrow and still finds several cannot be narrowed further. */
const MOST_DIGITS = 17;

interface Query {
  readonly vpcId: string;
  readonly serviceName: string;
  readonly kind: EndpointService['kind'];
}

/**
 * Every endpoint that a query matches. The provider returns only a single match, so a query that matches several is split by
 * the last digits of their ids.
 */
async function allOf(
  query: Query,
  lastDigits: string,
  options: pulumi.InvokeOptions,
): Promise<readonly aws.ec2.GetVpcEndpointResult[]> {
  const { vpcId, serviceName: service, kind } = query;
  const filters = [
    { name: 'vpc-endpoint-type', values: [kind] },
    // Others are gone, or never worked.
    { name: 'vpc-endpoint-state', values: ['pending', 'available'] },
    ...(lastDigits === '' ? [] : [{ name: 'vpc-endpoint-id', values: [`*${lastDigits}`] }]),
  ];
  try {
    return [await aws.ec2.getVpcEndpoint({ vpcId, serviceName: service, filters }, options)];
  } catch (error) {
    const { message } = error as Error;
    // The wording of HashiCorp's provider.
    if (/no matching EC2 VPC Endpoint/i.test(message)) return [];
    if (/multiple EC2 VPC Endpoints? matched/i.test(message) && lastDigits.length < MOST_DIGITS) {
      const parts = await Promise.all(DIGITS.map((digit) => allOf(query, `${digit}${lastDigits}`, options)));
      return parts.flat();
    }
    throw new UnsuitableResource(
      `VPC ${vpcId}`,
      `its endpoints for ${service} cannot be read (${message}). network.endpoints needs ec2:DescribeVpcEndpoints`,
    );
  }
}
