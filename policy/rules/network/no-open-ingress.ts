import { resourceRule } from '../../rule';
import { eachGroupRule, type GroupRule, isAnywhere, portsOf } from '../../stack/group-rules';

interface Config {
  readonly webPorts: readonly number[];
}

/** Nobody outside has to reach a replicator. The public may reach a web service. */
export const noOpenIngress = resourceRule({
  name: 'sg-no-ingress',
  description:
    'Security groups let nothing in from anywhere; those of no replicator only to the ports of web services.',
  level: 'mandatory',
  severity: 'high',
  standards: {
    securityHub: ['EC2.18', 'EC2.19', 'EC2.13'],
    checkov: ['CKV_AWS_24', 'CKV_AWS_25', 'CKV_AWS_260', 'CKV_AWS_277'],
    wellArchitected: ['SEC05-BP02'],
  },
  remedy: 'Name the security group, prefix list or addresses that need access.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18',
  config: {
    webPorts: {
      type: 'array',
      items: { type: 'integer' },
      description:
        'TCP ports that may be open in groups of no replicator; by default those that EC2.18 authorizes.',
      default: [80, 443],
    },
  },
  validate: eachGroupRule<Config>((rule, { webPorts }, isReplicators) =>
    rule.direction === 'ingress' && (isReplicators || !isOneOf(rule, webPorts))
      ? rule.cidrs.filter(isAnywhere).map((cidr) => `${portsOf(rule)} is open to ${cidr}`)
      : [],
  ),
});

function isOneOf({ protocol, fromPort, toPort }: GroupRule, ports: readonly number[]): boolean {
  return protocol === 'tcp' && fromPort !== undefined && fromPort === toPort && ports.includes(fromPort);
}
