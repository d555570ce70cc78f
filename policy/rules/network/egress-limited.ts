import { resourceRule } from '../../rule';
import { eachGroupRule, isAnywhere, isEveryProtocol, portsOf } from '../../stack/group-rules';

interface Config {
  readonly anywherePorts: readonly number[];
}

/** What a task may reach is what somebody in it can send data to. */
export const egressLimited = resourceRule({
  name: 'sg-egress-limited',
  description:
    'Security groups let out what is needed: to anywhere only on ports that the configuration names.',
  level: 'mandatory',
  severity: 'medium',
  standards: { checkov: ['CKV_AWS_382'], wellArchitected: ['SEC05-BP02'] },
  remedy:
    'Give port and destination of each connection; of this package: network.destinationCidrs, network.endpoints.',
  url: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
  config: {
    anywherePorts: {
      type: 'array',
      items: { type: 'integer' },
      description:
        'Ports that may be reached anywhere; AWS has no list of the addresses of all its services.',
      default: [443],
    },
  },
  validate: eachGroupRule<Config>((rule, { anywherePorts }) => {
    if (rule.direction === 'ingress') return [];
    if (isEveryProtocol(rule.protocol)) return ['it lets everything out'];
    const isNamed = rule.fromPort === rule.toPort && anywherePorts.includes(rule.fromPort ?? -1);
    return rule.cidrs
      .filter((cidr) => isAnywhere(cidr) && !isNamed)
      .map((cidr) => `${portsOf(rule)} is let out to ${cidr}`);
  }),
});
