import type { InlineRule } from '../policy/stack/group-rules';
import type { RecordedResource } from './record-program';

interface Rule extends InlineRule {
  readonly prefixListIds?: readonly string[];
  readonly securityGroups?: readonly string[];
}

/** Lines about a stack's network: what its groups allow, its endpoints, and where its services run. */
export function networkOf(resources: readonly RecordedResource[]): readonly string[] {
  return resources.flatMap(({ type, name, inputs }) => {
    switch (type) {
      case 'aws:ec2/securityGroup:SecurityGroup':
        return [
          ...rules(inputs['egress']).map((rule) => `\`${name}\` may connect to ${shown(rule)}`),
          ...rules(inputs['ingress']).map((rule) => `\`${name}\` lets in ${shown(rule)}`),
        ];
      case 'aws:ec2/vpcEndpoint:VpcEndpoint':
        return [`VPC endpoint \`${String(inputs['serviceName'])}\` (${String(inputs['vpcEndpointType'])})`];
      case 'aws:ecs/service:Service':
        return serviceNetwork(name, inputs['networkConfiguration']);
      default:
        return [];
    }
  });
}

function rules(raw: unknown): readonly Rule[] {
  return (raw ?? []) as readonly Rule[];
}

function shown({ description, protocol, fromPort, toPort, ...where }: Rule): string {
  const ports =
    protocol === '-1'
      ? 'every port'
      : fromPort === toPort
        ? `port ${fromPort}`
        : `ports ${fromPort} to ${toPort}`;
  const places = [
    ...(where.cidrBlocks ?? []),
    ...(where.prefixListIds ?? []),
    ...(where.securityGroups ?? []),
  ].map((place) => (place === '0.0.0.0/0' ? '**anywhere**' : `\`${place}\``));
  return `${places.join(', ')} on ${ports}${description === undefined ? '' : ` (${description})`}`;
}

function serviceNetwork(name: string, raw: unknown): readonly string[] {
  const { subnets = [], assignPublicIp } = (raw ?? {}) as {
    subnets?: readonly string[];
    assignPublicIp?: boolean;
  };
  return [
    `\`${name}\` runs in ${[...subnets]
      .sort()
      .map((subnet) => `\`${subnet}\``)
      .join(', ')}`,
    ...(assignPublicIp === true ? [`\`${name}\` has a **public IP address**`] : []),
  ];
}
