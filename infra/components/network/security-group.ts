import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { Endpoints } from '../../arguments/choices';
import type { NetworkArgs } from '../../arguments/network';
import type { PhysicalNames } from '../names';
import { providerPlace } from '../place';
import { GATEWAYS, serviceName } from '../../plan/network/endpoint-services';
import type { Subnets } from './subnets';

const EVERYWHERE = '0.0.0.0/0';

type EgressRule = aws.types.input.ec2.SecurityGroupEgress;

/**
 * The task's security group: nothing comes in; TLS to AWS and the destination's port go out. The rules are inline, so that a
 * refresh notices rules that others added.
 */
export function taskSecurityGroup(
  name: string,
  names: PhysicalNames,
  args: NetworkArgs,
  destinationPort: number,
  subnets: pulumi.Output<Subnets>,
  parent: pulumi.Resource,
): aws.ec2.SecurityGroup {
  const named = names.of('securityGroup', 'task');
  return new aws.ec2.SecurityGroup(
    `${name}-task`,
    {
      ...named.input,
      description: 'Task of the replicator: nothing comes in',
      vpcId: subnets.vpcId,
      egress: pulumi
        .all([subnets, gatewayLists(args, parent), args.destinationSecurityGroupId])
        .apply(([{ cidrBlocks }, prefixListIds, destinationGroup]) => [
          ...awsRules(cidrBlocks, prefixListIds),
          ...destinationRules(args, destinationGroup, cidrBlocks, destinationPort),
        ]),
    },
    { parent, ...named.options },
  );
}

function tcp(description: string, port: number): EgressRule {
  return { description, protocol: 'tcp', fromPort: port, toPort: port };
}

/** Prefix lists of the services with gateway endpoints; `undefined` if the task reaches AWS over the internet. */
function gatewayLists(args: NetworkArgs, parent: pulumi.Resource): pulumi.Output<string[] | undefined> {
  if ((args.endpoints ?? Endpoints.None) === Endpoints.None) return pulumi.output(undefined);
  return providerPlace(parent).apply(({ region }) =>
    Promise.all(
      GATEWAYS.map(
        async (key) => (await aws.ec2.getPrefixList({ name: serviceName(region, key) }, { parent })).id,
      ),
    ),
  );
}

function awsRules(
  cidrBlocks: readonly string[],
  prefixListIds: readonly string[] | undefined,
): readonly EgressRule[] {
  // AWS has no prefix list of all its services.
  if (prefixListIds === undefined) return [{ ...tcp('TLS to AWS', 443), cidrBlocks: [EVERYWHERE] }];
  return [
    { ...tcp('TLS to the interface endpoints', 443), cidrBlocks: [...cidrBlocks] },
    { ...tcp('TLS to the gateway endpoints', 443), prefixListIds: [...prefixListIds] },
  ];
}

/** The destination's security group and address ranges, as far as they are given, else the whole VPC. */
function destinationRules(
  { destinationCidrs }: NetworkArgs,
  destinationGroup: string | undefined,
  cidrBlocks: readonly string[],
  port: number,
): readonly EgressRule[] {
  const rule = tcp('The destination', port);
  const byGroup = destinationGroup === undefined ? [] : [{ ...rule, securityGroups: [destinationGroup] }];
  if (destinationCidrs !== undefined) return [...byGroup, { ...rule, cidrBlocks: [...destinationCidrs] }];
  return byGroup.length > 0 ? byGroup : [{ ...rule, cidrBlocks: [...cidrBlocks] }];
}
