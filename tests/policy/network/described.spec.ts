import * as aws from '@pulumi/aws';
import { described } from '../../../policy/rules/network/described';
import { examine, given, UNKNOWN } from '../examine';

const RULE = { protocol: 'tcp', fromPort: 443, toPort: 443 };

examine(described, {
  violating: {
    'a group without a description': {
      given: given(aws.ec2.SecurityGroup, {}),
      finds: ['the group has no description'],
    },
    'a group with Pulumi’s default description': {
      given: given(aws.ec2.SecurityGroup, { description: 'Managed by Pulumi' }),
      finds: ['the group has no description'],
    },
    'rules of a group without a description': {
      given: given(aws.ec2.SecurityGroup, {
        description: 'Task',
        ingress: [RULE],
        egress: [{ ...RULE, protocol: '-1' }],
      }),
      finds: [
        'its rule for egress on every port has no description',
        'its rule for ingress on tcp 443 has no description',
      ],
    },
    'a separate rule resource': {
      given: given(aws.vpc.SecurityGroupEgressRule, { ipProtocol: 'tcp', fromPort: 443, toPort: 443 }),
      finds: ['its rule for egress on tcp 443 has no description'],
    },
  },
  satisfying: {
    'a group and rules with descriptions': {
      given: given(aws.ec2.SecurityGroup, { description: 'Task', egress: [{ ...RULE, description: 'TLS' }] }),
    },
  },
  unknown: {
    'which rules': { given: given(aws.ec2.SecurityGroup, { description: 'Task', egress: UNKNOWN }) },
  },
});
