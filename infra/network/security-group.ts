import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { Endpoints } from '../arguments/choices';
import type { NetworkArgs } from '../arguments/network';
import { physicalName } from '../names';
import { namesOf, placeOf } from '../place';
import { serviceName } from './endpoint-services';
import type { Subnets } from './subnets';

const EVERYWHERE = '0.0.0.0/0';

/** The task's security group: nothing comes in; TLS to AWS and the destination's port go out. */
export function taskSecurityGroup(
  name: string,
  args: NetworkArgs,
  destinationPort: number,
  subnets: pulumi.Output<Subnets>,
  parent: pulumi.Resource,
): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(
    `${name}-task`,
    {
      name: physicalName('securityGroup', namesOf(name), 'task'),
      description: 'Task of the replicator: nothing comes in',
      vpcId: subnets.vpcId,
    },
    { parent },
  );
  const out = (key: string, description: string, port: number, target: Target) =>
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-${key}`,
      { securityGroupId: group.id, description, ipProtocol: 'tcp', fromPort: port, toPort: port, ...target },
      { parent: group },
    );
  if ((args.endpoints ?? Endpoints.None) === Endpoints.None) {
    // AWS has no list of the addresses of all its services.
    out('aws', 'TLS to AWS', 443, { cidrIpv4: EVERYWHERE });
  } else {
    out('endpoints', 'TLS to the interface endpoints', 443, {
      cidrIpv4: subnets.apply(({ cidrBlocks }) => cidrBlocks[0] as string),
    });
    for (const key of ['dynamodb', 's3']) {
      const prefixListId = placeOf(parent).apply(
        async ({ region }) =>
          (await aws.ec2.getPrefixList({ name: serviceName(region, key) }, { parent })).id,
      );
      out(key, `TLS to ${key} by its gateway endpoint`, 443, { prefixListId });
    }
  }
  for (const [index, target] of destinations(args, subnets).entries()) {
    out(`destination-${index}`, 'The destination', destinationPort, target);
  }
  return group;
}

type Target = Pick<
  aws.vpc.SecurityGroupEgressRuleArgs,
  'cidrIpv4' | 'prefixListId' | 'referencedSecurityGroupId'
>;

function destinations(args: NetworkArgs, subnets: pulumi.Output<Subnets>): readonly Target[] {
  const { destinationSecurityGroupId, destinationCidrs } = args;
  const named: Target[] = [
    ...(destinationSecurityGroupId === undefined
      ? []
      : [{ referencedSecurityGroupId: destinationSecurityGroupId }]),
    ...(destinationCidrs ?? []).map((cidrIpv4) => ({ cidrIpv4 })),
  ];
  return named.length > 0
    ? named
    : [{ cidrIpv4: subnets.apply(({ cidrBlocks }) => cidrBlocks[0] as string) }];
}
