import * as aws from '@pulumi/aws';
import { trustOnlyEcsTasks } from '../../../policy/rules/iam/trust-only-ecs-tasks';
import { examine, given, UNKNOWN } from '../examine';

const trust = (statement: object) =>
  given(aws.iam.Role, {
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
    }),
  });
const CONDITION = {
  StringEquals: { 'aws:SourceAccount': '123456789012' },
  ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:123456789012:*' },
};
const TASKS = { Service: 'ecs-tasks.amazonaws.com' };
const OUTSIDE = 'arn:aws:iam::210987654321:root';

examine(trustOnlyEcsTasks, {
  violating: {
    'a service other than ECS tasks': {
      given: trust({ Principal: { Service: 'ec2.amazonaws.com' }, Condition: CONDITION }),
      finds: ['statement 1: it trusts ec2.amazonaws.com; expected ecs-tasks.amazonaws.com'],
    },
    'tasks of any account': {
      given: trust({ Principal: TASKS }),
      finds: [
        'statement 1: ecs-tasks.amazonaws.com may assume it without a condition on aws:SourceAccount and aws:SourceArn',
      ],
    },
    'a condition on the account only': {
      given: trust({ Principal: TASKS, Condition: { StringEquals: CONDITION.StringEquals } }),
      finds: ['statement 1: ecs-tasks.amazonaws.com may assume it without a condition on aws:SourceArn'],
    },
    everyone: {
      given: trust({ Principal: { AWS: '*' } }),
      finds: ['statement 1: everyone may assume the role'],
    },
    'an account without an external id': {
      given: trust({ Principal: { AWS: [OUTSIDE, '111122223333'] } }),
      finds: [
        `statement 1: every principal of ${OUTSIDE} may assume it without a condition on sts:ExternalId`,
        'statement 1: every principal of 111122223333 may assume it without a condition on sts:ExternalId',
      ],
    },
    'an identity provider': {
      given: trust({ Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/x' } }),
      finds: [
        'statement 1: it trusts arn:aws:iam::123456789012:oidc-provider/x, which the configuration of this rule does not name',
      ],
    },
  },
  satisfying: {
    'tasks of this account': { given: trust({ Principal: TASKS, Condition: CONDITION }) },
    'condition keys in another case': {
      given: trust({
        Principal: TASKS,
        Condition: { StringEquals: { 'AWS:sourceaccount': '1', 'aws:sourceArn': 'arn:x' } },
      }),
    },
    'an account with an external id': {
      given: trust({ Principal: { AWS: OUTSIDE }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
    },
    'a single user': { given: trust({ Principal: { AWS: 'arn:aws:iam::123456789012:user/reader' } }) },
    'a service that the configuration names': {
      given: trust({ Principal: { Service: 'lambda.amazonaws.com' }, Condition: CONDITION }),
      config: { services: ['lambda.amazonaws.com'] },
    },
    'a provider that the configuration names': {
      given: trust({ Principal: { Federated: 'arn:x' } }),
      config: { federated: ['arn:x'] },
    },
  },
  unknown: { 'a user that is not there yet': { given: given(aws.iam.Role, { assumeRolePolicy: UNKNOWN }) } },
});
