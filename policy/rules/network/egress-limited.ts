import { resourceRule } from '../../rule';
import { eachGroupRule, isAnywhere, isEveryProtocol, portsOf } from '../../stack/group-rules';

interface Config {
  readonly anywherePorts: readonly number[];
}

/** An attacker in a task can send data to everything that the task may reach. */
export const egressLimited = resourceRule({
  name: 'sg-egress-limited',
  description: 'Security groups allow connections to anywhere only on ports that the configuration names.',
  level: 'mandatory',
  severity: 'medium',
  standards: { checkov: ['CKV_AWS_382'], wellArchitected: ['SEC05-BP02'] },
  remedy:
    'Name port and destination of each connection; in this package: network.destinationCidrs, network.endpoints.',
  url: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
  config: {
    anywherePorts: {
      type: 'array',
      items: { type: 'integer' },
      description:
        'Ports that may be reached anywhere, because AWS publishes no prefix list of all its services.',
      default: [443],
    },
  },
  validate: eachGroupRule<Config>((rule, { anywherePorts }) => {
    if (rule.direction === 'ingress') return [];
    if (isEveryProtocol(rule.protocol)) return ['it allows every outgoing connection'];
    const isNamed = rule.fromPort === rule.toPort && anywherePorts.includes(rule.fromPort ?? -1);
    return rule.cidrs
      .filter((cidr) => isAnywhere(cidr) && !isNamed)
      .map((cidr) => `it allows connections to ${cidr} on ${portsOf(rule)}`);
  }),
});
