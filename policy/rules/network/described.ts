import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';
import { eachGroupRule, portsOf } from '../../stack/group-rules';

/** Nobody removes a rule whose reason is forgotten. */
export const described = resourceRule({
  name: 'sg-described',
  description: 'Security groups and their rules have a description.',
  level: 'mandatory',
  severity: 'low',
  standards: { checkov: ['CKV_AWS_23'], wellArchitected: ['SEC05-BP02'] },
  remedy: 'Add a description. A group’s description cannot be changed later.',
  url: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
  validate: [
    validateResourceOfType(aws.ec2.SecurityGroup, ({ description }, _args, report) => {
      if (description === undefined || description === '' || description === 'Managed by Pulumi')
        report('the group has no description');
    }),
    ...eachGroupRule((rule) =>
      rule.description === undefined || rule.description === ''
        ? [`its rule for ${rule.direction} on ${portsOf(rule)} has no description`]
        : [],
    ),
  ],
});
