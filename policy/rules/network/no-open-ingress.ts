import { resourceRule } from '../../rule';
import { eachGroupRule, isAnywhere, portsOf } from '../../stack/group-rules';

/** Nobody outside has to reach a replicator. For other services, name those who do. */
export const noOpenIngress = resourceRule({
  name: 'sg-no-ingress',
  description: 'Security groups let nothing in from anywhere.',
  level: 'mandatory',
  severity: 'high',
  standards: {
    securityHub: ['EC2.18', 'EC2.19', 'EC2.13'],
    checkov: ['CKV_AWS_24', 'CKV_AWS_25', 'CKV_AWS_260', 'CKV_AWS_277'],
    wellArchitected: ['SEC05-BP02'],
  },
  remedy: 'Name the security group, prefix list or addresses that need access.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18',
  validate: eachGroupRule((rule) =>
    rule.direction === 'ingress'
      ? rule.cidrs.filter(isAnywhere).map((cidr) => `${portsOf(rule)} is open to ${cidr}`)
      : [],
  ),
});
